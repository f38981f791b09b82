package org.sallyport.shell.internal;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.karaf.shell.support.CommandException;
import org.sallyport.api.admin.CaptureCounters;
import org.sallyport.api.admin.CaptureInspection;
import org.sallyport.api.admin.ChangeOutcome;
import org.sallyport.api.admin.ChangePreview;
import org.sallyport.api.admin.ChildSaView;
import org.sallyport.api.admin.ConfigurationCandidate;
import org.sallyport.api.admin.ConfigurationChanges;
import org.sallyport.api.admin.ConfigurationInspection;
import org.sallyport.api.admin.ConfigurationProblem;
import org.sallyport.api.admin.ConfigurationWarning;
import org.sallyport.api.admin.ConnectionControl;
import org.sallyport.api.admin.ConnectionInspection;
import org.sallyport.api.admin.ConnectionNote;
import org.sallyport.api.admin.ConnectionState;
import org.sallyport.api.admin.ConnectionView;
import org.sallyport.api.admin.DataPlaneInspection;
import org.sallyport.api.admin.EntryChange;
import org.sallyport.api.admin.EntryChange.Change;
import org.sallyport.api.admin.EntryChange.KeyChange;
import org.sallyport.api.admin.EntryChange.Kind;
import org.sallyport.api.admin.FlowChange;
import org.sallyport.api.admin.HoldInspection;
import org.sallyport.api.admin.HoldView;
import org.sallyport.api.admin.IkeSaView;
import org.sallyport.api.admin.LeaseView;
import org.sallyport.api.admin.ParkingView;
import org.sallyport.api.admin.Provisional;
import org.sallyport.api.admin.SaInspection;
import org.sallyport.api.admin.TrafficTotals;
import org.sallyport.api.event.Feed;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.Negotiation;
import org.sallyport.api.negotiation.NegotiationRequest;
import org.sallyport.api.negotiation.Negotiator;
import org.sallyport.api.negotiation.Pad;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.negotiation.SecretRef;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Lifetimes;
import org.sallyport.api.policy.Origin;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.PolicyGeneration;
import org.sallyport.api.policy.Verdict;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.LeaseHolder;
import org.sallyport.api.sa.SaKeys;
import org.sallyport.api.sa.SaPairHandle;
import org.sallyport.api.sa.SaSpec;
import org.sallyport.api.sa.SaTable;
import org.sallyport.api.sa.SpiKey;

/** An appliance with one peer, three policies and one SA, and what commands asked of it. */
final class World {
    static final ConnectionId BERLIN = new ConnectionId("berlin");
    static final IkeSaId IKE_SA = new IkeSaId(BERLIN, 3);
    static final ChildSaId LINEAGE = new ChildSaId(IKE_SA, 7);
    static final SpiKey SPI_IN = new SpiKey(IpsecProtocol.ESP, 0xc0ffee01);
    static final SpiKey SPI_OUT = new SpiKey(IpsecProtocol.ESP, 0x777);

    final Appliance appliance = new Appliance();
    final List<String> asked = new ArrayList<>();
    final Feed<String, ConfigurationProblem> problems = new Feed<>();
    final Feed<String, ConfigurationWarning> warnings = new Feed<>();
    final Feed<Long, HoldView> holds = new Feed<>();
    Optional<Provisional> provisional = Optional.empty();

    /** Everything is there. */
    static World whole() {
        World world = new World();
        Appliance a = world.appliance;
        a.sas = world.sas();
        a.saTable = world.table();
        a.ikeSas = () -> List.of(new IkeSaView(
                IKE_SA,
                "gw.berlin.example",
                "0011223344556677",
                "8899aabbccddeeff",
                true,
                "established",
                "aes256gcm16-prfsha384-ecp384",
                "192.0.2.1:4500 > 192.0.2.2:4500 udp",
                new IkeSaView.Addresses(
                        true,
                        List.of(Addresses.parse("10.9.0.7")),
                        List.of(Addresses.parse("10.2.0.53")),
                        List.of(),
                        List.of("berlin.example")),
                Duration.ofMinutes(5),
                Duration.ofHours(3)));
        a.spd = () -> new Generation();
        a.pad = new OnePeer();
        a.configuration = world.configuration();
        a.changes = world.changes();
        a.holds = world.holds();
        a.capture = world.capture();
        a.packets = packets();
        a.connections = connections();
        a.connectionControl = world.connectionControl();
        a.addNegotiator(world.negotiator(), Map.of(Negotiator.NAME, "ikev2"));
        return world;
    }

    String run(SallyportAction command) {
        return run(command, false);
    }

    String json(SallyportAction command) {
        return run(command, true);
    }

    private String run(SallyportAction command, boolean json) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            command.run(appliance, out, json);
        } catch (CommandException e) {
            return e.getNiceHelp() + "\n";
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static final TrafficTotals TOTALS =
            new TrafficTotals(new ChildSaView.Traffic(12, 3_500_000), new ChildSaView.Traffic(10, 900), 2, 3);

    private SaInspection sas() {
        ChildSaView view = new ChildSaView(
                LINEAGE,
                "to-berlin",
                "gw.berlin.example",
                Optional.empty(),
                SPI_IN,
                Optional.of(SPI_OUT),
                "active",
                "aes256gcm16-esn",
                "10.1.0.0/24 === 10.2.0.0/24",
                "192.0.2.1:4500 > 192.0.2.2:4500 udp",
                1500,
                Duration.ofSeconds(75),
                Lifetimes.DEFAULT,
                new ChildSaView.Traffic(12, 3_500_000),
                new ChildSaView.Traffic(10, 900),
                12,
                10,
                "ffc0000000000000",
                2,
                1,
                Optional.empty(),
                3_500_900);
        return new SaInspection() {
            @Override
            public List<ChildSaView> list() {
                return List.of(view);
            }

            @Override
            public List<ChildSaView> endedBy(PolicyGeneration candidate) {
                return List.of(view);
            }

            @Override
            public List<LeaseView> leases() {
                return List.of(new LeaseView(
                        LINEAGE,
                        "to-berlin",
                        new LeaseHolder.Socket(7),
                        Requester.builder()
                                .pid(4711)
                                .userId(1000)
                                .program("curl")
                                .build(),
                        List.of(flow("10.2.0.1", 443)),
                        Instant.now().minusSeconds(3)));
            }

            @Override
            public Map<String, TrafficTotals> totalsByPolicy() {
                return Map.of("to-berlin", TOTALS);
            }

            @Override
            public Map<String, TrafficTotals> totalsByConnection() {
                return Map.of("berlin", TOTALS);
            }

            @Override
            public Feed<SpiKey, ChildSaView> feed() {
                return new Feed<>();
            }
        };
    }

    private static ConnectionInspection connections() {
        Instant now = Instant.now();
        return new ConnectionInspection() {
            @Override
            public List<ConnectionView> list() {
                return List.of(new ConnectionView(
                        "berlin",
                        ConnectionState.DEGRADED,
                        "mail: the peer refused",
                        now.minusSeconds(300),
                        "at-start",
                        1,
                        2,
                        1,
                        Optional.of(now.plusSeconds(90))));
            }

            @Override
            public List<ConnectionNote> history(String connection) {
                return List.of(new ConnectionNote(
                        now.minusSeconds(60), "IKE SA berlin[2] ended", "its hard lifetime is over"));
            }
        };
    }

    private ConnectionControl connectionControl() {
        return new ConnectionControl() {
            @Override
            public CompletionStage<List<Attempt>> up(String connection) {
                return CompletableFuture.completedFuture(List.of(
                        new Attempt("to-berlin", Optional.empty()),
                        new Attempt("mail", Optional.of(Reason.of(ReasonCode.PEER_DEAD, "berlin")))));
            }

            @Override
            public int down(String connection, String who) {
                asked.add("down " + connection + ": " + who);
                return 1;
            }
        };
    }

    private ConfigurationInspection configuration() {
        return new ConfigurationInspection() {
            @Override
            public Feed<String, ConfigurationProblem> problems() {
                return problems;
            }

            @Override
            public Feed<String, ConfigurationWarning> warnings() {
                return warnings;
            }

            @Override
            public Optional<Provisional> provisional() {
                return provisional;
            }

            @Override
            public Map<String, ChildSaView.Traffic> clearTraffic() {
                return Map.of(
                        "no-telnet", new ChildSaView.Traffic(5, 300), "to-berlin", new ChildSaView.Traffic(4711, 1));
            }
        };
    }

    static Provisional provisionalChange() {
        Instant now = Instant.now();
        return new Provisional(
                5,
                Provisional.Cause.APPLIED,
                now,
                now.plusSeconds(60),
                List.of("org.sallyport.policy-none.cfg"),
                List.of(flow("10.9.0.7", 22)));
    }

    /** What a preview says when it is asked for anything but mistakes. */
    ChangePreview preview() {
        Verdict before = new Verdict(Action.BYPASS, Optional.empty());
        Verdict after = new Verdict(Action.DISCARD, Optional.empty());
        return new ChangePreview(
                List.of(),
                List.of(
                        new EntryChange(Kind.POLICY, "none", Change.ADDED, List.of()),
                        new EntryChange(
                                Kind.POLICY, "web", Change.CHANGED, List.of(new KeyChange("order", "10", "20")))),
                List.of(),
                List.of(new FlowChange(
                        flow("10.9.0.7", 50000), Requester.builder().userId(0).build(), before, after, true)),
                List.of());
    }

    private ConfigurationChanges changes() {
        return new ConfigurationChanges() {
            @Override
            public ChangePreview preview(ConfigurationCandidate candidate) {
                asked.add("preview " + candidate.sources() + " without " + candidate.removals());
                return candidate.removals().isEmpty()
                        ? World.this.preview()
                        : new ChangePreview(
                                List.of(new ConfigurationProblem("--remove", "", "", "\"x\u001b\" is neither")),
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of());
            }

            @Override
            public ChangeOutcome apply(ConfigurationCandidate candidate, Optional<Duration> confirmWithin) {
                asked.add("within " + confirmWithin);
                ChangePreview preview = preview(candidate);
                provisional = preview.accepted() ? Optional.of(provisionalChange()) : Optional.empty();
                return new ChangeOutcome(preview, provisional);
            }

            @Override
            public Optional<Provisional> confirm() {
                return rollBack();
            }

            @Override
            public Optional<Provisional> rollBack() {
                Optional<Provisional> decided = provisional;
                provisional = Optional.empty();
                return decided;
            }
        };
    }

    private HoldInspection holds() {
        return new HoldInspection() {
            @Override
            public Feed<Long, HoldView> feed() {
                return holds;
            }

            @Override
            public List<HoldView> recent() {
                return List.of(hold(1, Optional.of("released after 12 ms")));
            }
        };
    }

    static HoldView hold(long id, Optional<String> outcome) {
        return new HoldView(
                id,
                flow("10.2.0.1", 443),
                Requester.builder().pid(4711).userId(1000).program("cu\u001brl").build(),
                "to-berlin",
                Instant.now().minusSeconds(2),
                false,
                outcome);
    }

    static Flow flow(String remote, int port) {
        return new Flow(0, 6, Addresses.parse("10.1.0.1"), 40000, Addresses.parse(remote), port);
    }

    private static DataPlaneInspection packets() {
        return new DataPlaneInspection() {
            @Override
            public Map<String, Long> drops() {
                return Map.of("replayed or too old", 3L);
            }

            @Override
            public ParkingView parking() {
                return new ParkingView(1, 2, 120, 5, 4, 3, 2);
            }

            @Override
            public String cryptography() {
                return "AES-GCM by ipsec-mb";
            }
        };
    }

    private CaptureInspection capture() {
        return new CaptureInspection() {
            @Override
            public CaptureCounters counters() {
                return new CaptureCounters(
                        true,
                        "eth0, sp0",
                        120,
                        0,
                        Map.of(flow("10.2.0.1", 443), 1L),
                        Map.of(),
                        true,
                        Map.of(SPI_OUT, 12L),
                        Map.of(flow("10.2.0.9", 80), 3L));
            }

            @Override
            public void restart(String filter) {
                asked.add("restart " + filter);
            }
        };
    }

    private Negotiator negotiator() {
        return new Negotiator() {
            @Override
            public Negotiation negotiate(NegotiationRequest request, Duration deadline) {
                throw new AssertionError("no command negotiates");
            }

            @Override
            public void rekey(ChildSaId lineage) {
                asked.add("rekey " + lineage);
            }

            @Override
            public void rekey(IkeSaId ikeSa) {
                asked.add("rekey " + ikeSa);
            }

            @Override
            public void delete(ChildSaId lineage, Reason reason) {
                asked.add("delete " + lineage + ": " + reason);
            }

            @Override
            public void delete(IkeSaId ikeSa, Reason reason) {
                asked.add("delete " + ikeSa + ": " + reason);
            }
        };
    }

    private SaTable table() {
        return new SaTable() {
            @Override
            public IkeSaId openIkeSa(ConnectionId connection) {
                throw untouchable();
            }

            @Override
            public ChildSaId openLineage(IkeSaId ikeSa) {
                throw untouchable();
            }

            @Override
            public SpiKey reserveSpi(IpsecProtocol protocol) {
                throw untouchable();
            }

            @Override
            public void installInbound(SpiKey inbound, SaSpec spec, SaKeys keys) {
                throw untouchable();
            }

            @Override
            public SaPairHandle activateOutbound(SpiKey inbound, int peerSpi, SaKeys keys) {
                throw untouchable();
            }

            @Override
            public void retire(SpiKey inbound) {
                throw untouchable();
            }

            @Override
            public void delete(SpiKey inbound, Reason reason) {
                throw untouchable();
            }

            @Override
            public Optional<ChildSaId> find(String policy, Flow flow) {
                return policy.equals("to-berlin") && flow.remotePort() == 443 ? Optional.of(LINEAGE) : Optional.empty();
            }

            @Override
            public Optional<SaPairHandle> handle(ChildSaId lineage) {
                return Optional.of(new SaPairHandle(LINEAGE, SPI_IN, SPI_OUT));
            }

            private AssertionError untouchable() {
                return new AssertionError("a command reads the SAD and changes nothing in it");
            }
        };
    }

    private static Selectors selectors(String remote) {
        return new Selectors(
                List.of(TrafficSelector.of(AddressRange.parse("10.1.0.0/24"))),
                List.of(TrafficSelector.of(AddressRange.parse(remote))));
    }

    private static final class Generation implements PolicyGeneration {
        private final List<Policy> policies = List.of(
                Policy.builder("no-telnet", Action.DISCARD)
                        .order(10)
                        .selectors(selectors("10.3.0.0/16"))
                        .build(),
                Policy.builder("to-berlin", Action.PROTECT)
                        .order(20)
                        .selectors(selectors("10.2.0.0/24"))
                        .peer(BERLIN)
                        .proposals(List.of(Proposal.parse("aes256gcm16-esn")))
                        .holdTime(Duration.ofSeconds(5))
                        .build());

        @Override
        public long number() {
            return 4;
        }

        @Override
        public List<Policy> policies() {
            return policies;
        }

        @Override
        public Optional<Policy> policy(String name) {
            return policies.stream().filter(p -> p.name().equals(name)).findFirst();
        }

        @Override
        public Verdict judge(Flow flow, Requester requester, Origin origin) {
            Action byDefault = origin == Origin.HOST ? Action.BYPASS : Action.DISCARD;
            return policies.stream()
                    .filter(p -> p.selectors().contains(flow))
                    .findFirst()
                    .map(p -> new Verdict(p.action(), Optional.of(p)))
                    .orElse(new Verdict(byDefault, Optional.empty()));
        }

        @Override
        public Verdict judge(
                boolean ipv4,
                long localHigh,
                long localLow,
                int localPort,
                long remoteHigh,
                long remoteLow,
                int remotePort,
                int protocol,
                Origin origin) {
            throw new AssertionError("commands judge flows");
        }
    }

    private static final class OnePeer implements Pad {
        private final PadEntry peer = PadEntry.builder(BERLIN)
                .localIdentity(Identity.parse("gw.here.example"))
                .remoteIdentity(Identity.parse("gw.berlin.example"))
                .remoteAddress(Addresses.parse("192.0.2.2"))
                .secret(new SecretRef("etc/berlin.psk"))
                .ikeProposals(List.of(Proposal.parse("aes256gcm16-prfsha384-ecp384")))
                .build();

        @Override
        public Optional<PadEntry> named(ConnectionId connection) {
            return Optional.of(peer);
        }

        @Override
        public Optional<PadEntry> find(Identity remote, Optional<Identity> local) {
            return Optional.of(peer);
        }

        @Override
        public List<PadEntry> candidates(InetAddress remote) {
            return List.of(peer);
        }

        @Override
        public List<PadEntry> entries() {
            return List.of(peer);
        }
    }
}
