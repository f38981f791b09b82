package org.sallyport.ike.internal.core.state;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.IdentityType;
import org.sallyport.api.pool.AddressLease;
import org.sallyport.api.pool.HostConfiguration;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.IpsecMode;
import org.sallyport.api.sa.SaSuite;
import org.sallyport.api.sa.Share;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.ike.internal.keys.IkeKeys;
import org.sallyport.ike.internal.keys.IvCounter;

/**
 * The schema of the checkpoints of kind {@value #KIND}, version {@value #VERSION}. Holds keys. Times are kept relative to
 * boot, so that a checkpoint serves while the machine runs.
 */
public final class SessionCodec {
    /** The kind of checkpoint. */
    public static final String KIND = "ike-sa";

    /** The version that is written. */
    public static final int VERSION = 9;

    /** The eldest version that is read; it has no shares. */
    public static final int ELDEST = 8;

    private SessionCodec() {}

    /** Writes a session's state; the caller closes the result. */
    public static SecretBytes encode(SessionState state) {
        StateWriter out = new StateWriter();
        out.u16(VERSION);
        out.bool(state.initiator);
        id(out, state.id().orElseThrow(() -> new IllegalStateException("only a named session is kept")));
        out.option(state.peerIdentity(), i -> {
            out.text(i.type().name());
            out.text(i.text());
        });
        out.endpoints(state.endpoints);
        out.text(state.phase.name());
        out.bool(state.peerBehindNat);
        out.bool(state.weBehindNat);
        out.bool(state.saysBehindNat);
        out.bool(state.fragmentation);
        out.i64(state.startedAt);
        out.i64(state.establishedAt);
        out.i64(state.rekeyAt);
        out.i64(state.expireAt);
        out.i64(state.authenticatedUntil);
        out.i64(state.reauthenticateAt);
        out.option(state.predecessor(), p -> id(out, p));
        out.bool(state.mobike);
        out.list(state.additionalAddresses, out::address);
        out.i64(state.lastHeardAt);
        out.i64(state.lastAskedAt);
        out.i64(state.revision);
        out.list(state.ikeSas.stream().filter(IkeSaState::agreed).toList(), sa -> ikeSa(out, sa));
        out.list(state.children, child -> child(out, child));
        out.list(List.copyOf(state.deletedEarly), out::spi);
        out.list(List.copyOf(state.withdrawn), out::spi);
        out.list(state.leases, lease -> {
            out.text(lease.pool());
            out.text(lease.identity().type().name());
            out.text(lease.identity().text());
            configuration(out, lease.configuration());
        });
        configuration(out, state.assigned);
        return out.toSecret();
    }

    /**
     * Reads a session's state.
     *
     * @throws IllegalArgumentException when it is of another version, or damaged
     */
    public static SessionState decode(SecretBytes secret) {
        return secret.use(bytes -> {
            try {
                return state(new StateReader(new DataInputStream(new ByteArrayInputStream(bytes))));
            } catch (IOException | RuntimeException e) {
                throw new IllegalArgumentException("this checkpoint of an IKE SA cannot be read: " + e.getMessage(), e);
            }
        });
    }

    private static SessionState state(StateReader in) throws IOException {
        int version = in.u16();
        if (version < ELDEST || version > VERSION) {
            throw new IllegalArgumentException(
                    "it is of version " + version + ", and " + ELDEST + " to " + VERSION + " are understood");
        }
        boolean initiator = in.bool();
        IkeSaId id = id(in);
        var identity = in.option(() -> new Identity(IdentityType.valueOf(in.text()), in.text()));
        Endpoints endpoints = in.endpoints();
        Phase phase = Phase.valueOf(in.text());
        boolean peerBehindNat = in.bool();
        boolean weBehindNat = in.bool();
        boolean saysBehindNat = in.bool();
        boolean fragmentation = in.bool();
        SessionState state = new SessionState(initiator, endpoints, phase, in.i64());
        state.id(id);
        identity.ifPresent(state::peerIdentity);
        state.peerBehindNat = peerBehindNat;
        state.weBehindNat = weBehindNat;
        state.saysBehindNat = saysBehindNat;
        state.fragmentation = fragmentation;
        state.establishedAt = in.i64();
        state.rekeyAt = in.i64();
        state.expireAt = in.i64();
        state.authenticatedUntil = in.i64();
        state.reauthenticateAt = in.i64();
        in.option(() -> id(in)).ifPresent(state::predecessor);
        state.mobike = in.bool();
        state.additionalAddresses = in.list(in::address);
        state.lastHeardAt = in.i64();
        state.lastAskedAt = in.i64();
        state.revision = in.i64();
        state.ikeSas.addAll(in.list(() -> ikeSa(in, version)));
        state.children.addAll(in.list(() -> child(in, version)));
        state.deletedEarly.addAll(in.list(in::spi));
        state.withdrawn.addAll(in.list(in::spi));
        state.leases.addAll(in.list(() -> new AddressLease(
                in.text(), id, new Identity(IdentityType.valueOf(in.text()), in.text()), configuration(in))));
        state.assigned = configuration(in);
        return state;
    }

    private static void configuration(StateWriter out, HostConfiguration configuration) {
        out.list(configuration.addresses(), out::address);
        out.list(configuration.dnsServers(), out::address);
        out.list(configuration.subnets(), s -> {
            out.address(s.first());
            out.address(s.last());
        });
        out.list(configuration.domains(), out::text);
    }

    private static HostConfiguration configuration(StateReader in) throws IOException {
        return new HostConfiguration(
                in.list(in::address),
                in.list(in::address),
                in.list(() -> new AddressRange(in.address(), in.address())),
                in.list(in::text));
    }

    private static void id(StateWriter out, IkeSaId id) {
        out.text(id.connection().name());
        out.i64(id.number());
    }

    private static IkeSaId id(StateReader in) throws IOException {
        return new IkeSaId(new ConnectionId(in.text()), in.i64());
    }

    private static void lineage(StateWriter out, ChildSaId lineage) {
        id(out, lineage.ikeSa());
        out.i64(lineage.number());
    }

    private static ChildSaId lineage(StateReader in) throws IOException {
        return new ChildSaId(id(in), in.i64());
    }

    private static void ikeSa(StateWriter out, IkeSaState sa) {
        out.i64(sa.localSpi);
        out.bool(sa.originalInitiator);
        out.i64(sa.remoteSpi);
        out.text(sa.role.name());
        out.i64(sa.closeAt);
        out.bytes(sa.lowestNonce);
        out.i64(sa.nextRequestId);
        out.i64(sa.requests.lowest());
        out.list(List.copyOf(sa.requests.answers().entrySet()), answer -> {
            out.i64(answer.getKey());
            out.bytes(answer.getValue().digest());
            out.bytes(answer.getValue().response());
        });
        IkeSuite suite = sa.suite();
        out.i32(suite.encryption());
        out.i32(suite.keyBits());
        out.i32(suite.integrity());
        out.i32(suite.prf());
        out.i32(suite.keyExchange());
        out.secret(sa.keys().skD());
        out.secret(sa.keys().skAi());
        out.secret(sa.keys().skAr());
        out.secret(sa.keys().skEi());
        out.secret(sa.keys().skEr());
        out.secret(sa.keys().skPi());
        out.secret(sa.keys().skPr());
        out.i32(sa.ivs().epoch());
        out.option(sa.flight(), f -> flight(out, f));
    }

    private static IkeSaState ikeSa(StateReader in, int version) throws IOException {
        IkeSaState sa = new IkeSaState(in.i64(), in.bool());
        sa.remoteSpi = in.i64();
        sa.role = IkeSaState.Role.valueOf(in.text());
        sa.closeAt = in.i64();
        sa.lowestNonce = in.bytes();
        sa.nextRequestId = in.i64();
        sa.requests = requests(in);
        IkeSuite suite = new IkeSuite(in.i32(), in.i32(), in.i32(), in.i32(), in.i32());
        IkeKeys keys =
                new IkeKeys(in.secret(), in.secret(), in.secret(), in.secret(), in.secret(), in.secret(), in.secret());
        // whoever resumes starts an epoch of IVs of its own: a stale checkpoint repeats no nonce
        sa.agree(suite, keys, IvCounter.startOf(in.i32() + 1));
        sa.flight(in.option(() -> flight(in, version)).orElse(null));
        return sa;
    }

    private static RequestWindow requests(StateReader in) throws IOException {
        long lowest = in.i64();
        Map<Long, RequestWindow.Answer> answers = new HashMap<>();
        in.list(() -> answers.put(in.i64(), new RequestWindow.Answer(in.bytes(), in.bytes())));
        return new RequestWindow(lowest, answers);
    }

    private static void flight(StateWriter out, Flight flight) {
        out.i64(flight.messageId);
        out.i32(flight.exchange);
        out.bytes(flight.message);
        record(out, flight.task);
    }

    private static Flight flight(StateReader in, int version) throws IOException {
        return new Flight(in.i64(), in.i32(), in.bytes(), record(in, version));
    }

    private static void record(StateWriter out, TaskRecord record) {
        switch (record) {
            case TaskRecord.Volatile ignored -> out.u16(0);
            case TaskRecord.Liveness ignored -> out.u16(1);
            case TaskRecord.DeleteIke ignored -> out.u16(2);
            case TaskRecord.DeleteChildren d -> {
                out.u16(3);
                out.list(d.inbound(), out::spi);
            }
            case TaskRecord.Child c -> {
                out.u16(4);
                lineage(out, c.lineage());
                out.spi(c.inbound());
                out.text(c.policy());
                out.selectors(c.selectors());
                out.bytes(c.nonce());
                out.option(c.seed(), out::secret);
                out.i32(c.keyExchange());
                out.option(c.rekeyed(), out::i32);
                out.option(c.share(), s -> share(out, s));
            }
            case TaskRecord.IkeRekey r -> {
                out.u16(5);
                out.i64(r.localSpi());
                out.bytes(r.nonce());
                out.secret(r.seed());
                out.i32(r.keyExchange());
            }
        }
    }

    private static TaskRecord record(StateReader in, int version) throws IOException {
        int kind = in.u16();
        return switch (kind) {
            case 0 -> new TaskRecord.Volatile();
            case 1 -> new TaskRecord.Liveness();
            case 2 -> new TaskRecord.DeleteIke();
            case 3 -> new TaskRecord.DeleteChildren(in.list(in::spi));
            case 4 ->
                new TaskRecord.Child(
                        lineage(in),
                        in.spi(),
                        in.text(),
                        in.selectors(),
                        in.bytes(),
                        in.option(in::secret),
                        in.i32(),
                        in.option(in::i32),
                        share(in, version));
            case 5 -> new TaskRecord.IkeRekey(in.i64(), in.bytes(), in.secret(), in.i32());
            default -> throw new IllegalArgumentException("it holds a task of kind " + kind);
        };
    }

    private static void child(StateWriter out, ChildState child) {
        lineage(out, child.lineage);
        out.i32(child.inboundSpi);
        out.i32(child.outboundSpi);
        out.text(child.policy);
        out.selectors(child.selectors);
        SaSuite suite = child.suite.sa();
        out.i32(suite.encryption());
        out.i32(suite.keyBits());
        out.i32(suite.integrity());
        out.bool(suite.extendedSequenceNumbers());
        out.i32(child.suite.keyExchange());
        out.text(child.mode.name());
        out.text(child.status.name());
        out.i64(child.activateAt);
        out.i64(child.forgetAt);
        out.i64(child.rekeyAt);
        out.bool(child.replaced);
        out.i32(child.predecessor);
        out.bool(child.byPeer);
        out.i64(child.madeAt);
        out.bytes(child.lowestNonce);
        reason(out, child.ending);
        out.option(child.outboundKeys(), out::secret);
        out.option(child.originals, out::hosts);
        out.option(child.share, s -> share(out, s));
    }

    private static void share(StateWriter out, Share share) {
        out.i32(share.number());
        lineage(out, share.fallback());
    }

    private static Optional<Share> share(StateReader in, int version) throws IOException {
        return version == ELDEST ? Optional.empty() : in.option(() -> new Share(in.i32(), lineage(in)));
    }

    private static void reason(StateWriter out, Reason reason) {
        out.text(reason.code().name());
        out.list(reason.arguments(), out::text);
    }

    private static Reason reason(StateReader in) throws IOException {
        return new Reason(ReasonCode.valueOf(in.text()), in.list(in::text));
    }

    private static ChildState child(StateReader in, int version) throws IOException {
        ChildState child = new ChildState(
                lineage(in),
                in.i32(),
                in.i32(),
                in.text(),
                in.selectors(),
                new ChildSuite(new SaSuite(in.i32(), in.i32(), in.i32(), in.bool()), in.i32()),
                IpsecMode.valueOf(in.text()));
        child.status = ChildStatus.valueOf(in.text());
        child.activateAt = in.i64();
        child.forgetAt = in.i64();
        child.rekeyAt = in.i64();
        child.replaced = in.bool();
        child.predecessor = in.i32();
        child.byPeer = in.bool();
        child.madeAt = in.i64();
        child.lowestNonce = in.bytes();
        child.ending = reason(in);
        in.option(in::secret).ifPresent(child::keepOutboundKeys);
        child.originals = in.option(in::hosts);
        child.share = share(in, version);
        return child;
    }
}
