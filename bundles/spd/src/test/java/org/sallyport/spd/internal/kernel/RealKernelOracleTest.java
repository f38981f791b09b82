package org.sallyport.spd.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ObjIntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Policy;
import org.sallyport.spd.TestNamespace;
import org.sallyport.spd.oracle.Oracle;
import org.sallyport.spd.oracle.Packet;
import org.sallyport.spd.oracle.RandomPolicies;
import org.sallyport.spd.oracle.Trials;

/**
 * Random packets through a real gateway with random policies: each goes where the oracle says, as seen on the wires and
 * on the TUN device. Behind the gateway's links are in0 10.0.0.0-7, in1 10.0.0.8-11 and out0 10.0.0.12-16.
 */
@Timeout(600)
class RealKernelOracleTest {
    private static final int PACKETS = 400;
    private static final int HOST_PACKETS = 150;
    private static final List<String> LINKS = List.of(RandomPolicies.INSIDE, RandomPolicies.OTHER_INSIDE, "out0");

    private TestNamespace around;
    private TestNamespace gateway;
    private Kernel kernel;
    private @Nullable Inside inside;
    private final Map<String, PacketTap> taps = new TreeMap<>();
    private final Map<String, String> hardware = new HashMap<>();

    @BeforeEach
    void connect() {
        around = new TestNamespace();
        gateway = new TestNamespace();
        List<String> ipv4 = List.of("10.0.0.0/29", "10.0.0.8/30", "10.0.0.12/30");
        List<String> ipv6 = List.of("fd00::ff:0/125", "fd00::ff:8/126", "fd00::ff:c/126");
        for (int i = 0; i < LINKS.size(); i++) {
            String link = LINKS.get(i);
            gateway.connect(link, around, "a" + i);
            gateway.ip("addr add 198.18." + i + ".1/24 dev " + link);
            gateway.ip("addr add fd1" + i + "::1/64 dev " + link + " nodad");
            around.ip("addr add 198.18." + i + ".2/24 dev a" + i);
            around.ip("addr add fd1" + i + "::2/64 dev a" + i + " nodad");
            gateway.ip("route add " + ipv4.get(i) + " via 198.18." + i + ".2");
            gateway.ip("-6 route add " + ipv6.get(i) + " via fd1" + i + "::2");
            hardware.put(link, gateway.ip("-o link show dev " + link).replaceAll("(?s).*link/ether (\\S+).*", "$1"));
            gateway.exec(
                    "sysctl -qw net.ipv4.conf." + link + ".rp_filter=0 net.ipv4.conf." + link + ".send_redirects=0");
            taps.put(link, new PacketTap(around, "a" + i));
        }
        gateway.ip("route add 10.0.0.16/32 via 198.18.2.2");
        gateway.ip("-6 route add fd00::ff:10/128 via fd12::2");
        gateway.exec("sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.conf.all.rp_filter=0"
                + " net.ipv4.conf.all.send_redirects=0");
        kernel = gateway.in(Kernel::open);
    }

    @AfterEach
    void disconnect() {
        taps.values().forEach(PacketTap::close);
        if (inside != null) {
            inside.close();
        }
        if (kernel != null) {
            kernel.close();
            around.close();
            gateway.close();
        }
    }

    private record Seen(boolean onWire, boolean onTun) {}

    @Test
    void everyForwardedPacketGoesWhereTheOracleSays() {
        Enforcer enforcer = new Enforcer(kernel);
        Map<String, Integer> outcomes = new TreeMap<>();
        Trials.run(8, seed -> {
            RandomPolicies world = new RandomPolicies(seed);
            List<Policy> policies = world.policies(20).stream()
                    .filter(RealKernelOracleTest::isExpressible)
                    .toList();
            boolean discard = world.coin();
            if (policies.isEmpty()) {
                return;
            }
            enforce(enforcer, policies, discard);
            Oracle oracle = new Oracle(policies, discard);
            List<Packet> packets = new ArrayList<>();
            while (packets.size() < PACKETS) {
                routed(world.packet()).ifPresent(packets::add);
            }
            List<Seen> seen = send(packets, this::sendThrough);
            for (int i = 0; i < packets.size(); i++) {
                String what = "seed " + seed + ", " + packets.get(i) + " policies "
                        + policies.stream()
                                .map(p ->
                                        p.name() + " " + p.action() + " " + p.selectors() + " " + p.networkInterface())
                                .toList();
                compare(oracle, packets.get(i), seen.get(i), what);
                outcomes.merge(seen.get(i).toString(), 1, Integer::sum);
            }
        });
        System.out.println("real kernel: " + outcomes);
        assertThat(outcomes).as("every way was taken").hasSizeGreaterThanOrEqualTo(3);
    }

    private List<Policy> expressible(RandomPolicies world) {
        return world.policies(20).stream()
                .filter(RealKernelOracleTest::isExpressible)
                .toList();
    }

    /** The host has one address within each of the links' networks, and speaks through sockets that are bound. */
    @Test
    void everyPacketOfTheHostGoesWhereTheOracleSaysAndNoneThatEitherGenerationForbids() {
        for (String own : List.of("10.0.0.5/32", "10.0.0.10/32", "fd00::ff:5/128", "fd00::ff:a/128")) {
            gateway.ip("addr add " + own + " dev lo");
        }
        Enforcer enforcer = new Enforcer(kernel);
        Map<String, Integer> outcomes = new TreeMap<>();
        Trials.run(6, seed -> {
            RandomPolicies world = new RandomPolicies(seed);
            List<Policy> before = expressible(world);
            List<Policy> next = expressible(world);
            if (before.isEmpty() || next.isEmpty()) {
                return;
            }
            enforce(enforcer, before, false);
            Oracle oracle = new Oracle(next, false);
            List<Packet> packets = ofHost(world);
            tighten(enforcer, next, false);
            List<Seen> meanwhile = send(packets, this::sendFromHost);
            settle(enforcer);
            List<Seen> after = send(packets, this::sendFromHost);
            for (int i = 0; i < packets.size(); i++) {
                String what = "seed " + seed + ", " + packets.get(i);
                if (!oracle.mayBeInClear(packets.get(i)) || !new Oracle(before, false).mayBeInClear(packets.get(i))) {
                    assertThat(meanwhile.get(i).onWire())
                            .as("meanwhile, " + what)
                            .isFalse();
                }
                compare(oracle, packets.get(i), after.get(i), what);
                outcomes.merge(after.get(i).toString(), 1, Integer::sum);
            }
        });
        System.out.println("real kernel, from the host: " + outcomes);
        assertThat(outcomes).as("every way was taken").hasSizeGreaterThanOrEqualTo(3);
    }

    /** No two look alike, since a socket does not number what it sends. */
    private static List<Packet> ofHost(RandomPolicies world) {
        Map<String, Packet> packets = new LinkedHashMap<>();
        for (int i = 0; i < 8 * PACKETS && packets.size() < HOST_PACKETS; i++) {
            Packet p = world.packet();
            BigInteger network = p.source().shiftRight(8).shiftLeft(8);
            BigInteger own = network.add(BigInteger.valueOf(p.source().testBit(0) ? 5 : 10));
            int last = p.destination().intValue() & 0xff;
            boolean speakable = p.protocol() == 17 || p.protocol() == 6 || p.ipv4();
            if (last != 5 && last != 10 && last > 0 && speakable && p.portsSeenIfWhole()) {
                String link = LINKS.get(last < 8 ? 0 : last < 12 ? 1 : 2);
                Packet packet = new Packet(
                        p.ipv4(),
                        own,
                        p.destination(),
                        p.protocol(),
                        p.sourcePort(),
                        p.destinationPort(),
                        p.type(),
                        p.code(),
                        Packet.Shape.WHOLE,
                        "",
                        link);
                packets.putIfAbsent(RawPackets.looks(packet), packet);
            }
        }
        return List.copyOf(packets.values());
    }

    private void sendFromHost(Packet packet, int number) {
        gateway.in(() -> {
            HostSockets.send(packet);
            return true;
        });
    }

    private static boolean isExpressible(Policy policy) {
        try {
            KernelPlan.check(policy);
            return true;
        } catch (InexpressibleException e) {
            return false;
        }
    }

    /** Where it leaves is a matter of its destination; where it enters is any other link. */
    private static Optional<Packet> routed(Packet p) {
        int last = p.destination().intValue() & 0xff;
        String leaves = LINKS.get(last < 8 ? 0 : last < 12 ? 1 : 2);
        String enters = p.enteredBy().isEmpty() ? RandomPolicies.INSIDE : p.enteredBy();
        if (enters.equals(leaves) || p.source().equals(p.destination())) {
            return Optional.empty();
        }
        return Optional.of(new Packet(
                p.ipv4(),
                p.source(),
                p.destination(),
                p.protocol(),
                p.sourcePort(),
                p.destinationPort(),
                p.type(),
                p.code(),
                p.shape(),
                enters,
                leaves));
    }

    private void tighten(Enforcer enforcer, List<Policy> policies, boolean discard) {
        gateway.in(() -> {
            enforcer.tighten(
                    policies,
                    List.of(),
                    new Enforcement(true, discard ? Enforcement.Default.DISCARD : Enforcement.Default.BYPASS));
            return true;
        });
    }

    private void settle(Enforcer enforcer) {
        gateway.in(() -> {
            enforcer.settle();
            return true;
        });
    }

    private void enforce(Enforcer enforcer, List<Policy> policies, boolean discard) {
        tighten(enforcer, policies, discard);
        settle(enforcer);
        if (inside == null && gateway.ip("-o link show").contains("sallyport0")) {
            inside = gateway.in(Inside::new);
            gateway.exec("sysctl -qw net.ipv4.conf.sallyport0.rp_filter=0");
            taps.put("tun", new PacketTap(gateway, "sallyport0"));
        }
    }

    /** What is exempt is not asked for: ports of packets are not those of DHCP, types not those of discovery. */
    private static void compare(Oracle oracle, Packet packet, Seen seen, String what) {
        boolean clear = oracle.mayBeInClear(packet);
        Optional<Action> entry = oracle.entryLeaving(packet).map(Policy::action);
        if (!clear) {
            assertThat(seen.onWire).as(what).isFalse();
        }
        if (packet.portsSeen()) {
            assertThat(seen.onWire).as(what).isEqualTo(clear);
            if (entry.equals(Optional.of(Action.PROTECT))) {
                assertThat(seen.onTun).as(what).isTrue();
            } else if (!entry.equals(Optional.of(Action.DISCARD))) {
                assertThat(seen.onTun).as(what).isFalse();
            }
        }
    }

    private void sendThrough(Packet packet, int number) {
        String enters = packet.enteredBy();
        tapOf(enters).send(RawPackets.write(packet, number), hardwareOf(enters));
    }

    private List<Seen> send(List<Packet> packets, ObjIntConsumer<Packet> sender) {
        taps.values().forEach(PacketTap::seen);
        boolean[] wire = new boolean[packets.size()];
        boolean[] tun = new boolean[packets.size()];
        for (int i = 0; i < packets.size(); i++) {
            sender.accept(packets.get(i), i + 1);
            if (i % 20 == 19) {
                look(packets, wire, tun);
            }
        }
        for (int rest = 0; rest < 4; rest++) {
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            look(packets, wire, tun);
        }
        List<Seen> seen = new ArrayList<>();
        for (int i = 0; i < wire.length; i++) {
            seen.add(new Seen(wire[i], tun[i]));
        }
        return seen;
    }

    private PacketTap tapOf(String link) {
        return Optional.ofNullable(taps.get(link)).orElseThrow();
    }

    private String hardwareOf(String link) {
        return Optional.ofNullable(hardware.get(link)).orElseThrow();
    }

    private static int find(ByteBuffer raw, List<Packet> packets) {
        return IntStream.range(0, packets.size())
                .filter(i -> RawPackets.is(raw, packets.get(i)) && RawPackets.looksLike(raw, packets.get(i)))
                .findFirst()
                .orElse(-1);
    }

    private void look(List<Packet> packets, boolean[] wire, boolean[] tun) {
        taps.forEach((link, tap) -> {
            for (ByteBuffer raw : tap.seen()) {
                int number = packets.getFirst().enteredBy().isEmpty() ? find(raw, packets) : RawPackets.number(raw) - 1;
                if (number < 0 || number >= packets.size() || !RawPackets.is(raw, packets.get(number))) {
                    continue;
                }
                if (link.equals("tun")) {
                    tun[number] = true;
                } else if (!link.equals(packets.get(number).enteredBy())) {
                    assertThat(link).isEqualTo(packets.get(number).leavesBy());
                    wire[number] = true;
                }
            }
        });
    }
}
