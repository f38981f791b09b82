package org.sallyport.spd.oracle;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.IpProtocol;
import org.sallyport.api.flow.PortRange;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.sa.ConnectionId;

/**
 * Policies and packets at random, of few addresses, ports and protocols, so that they meet often; ends of ranges and
 * what lies just outside are as likely as anything. The same seed makes the same ones.
 */
public final class RandomPolicies {
    public static final String INSIDE = "in0";
    public static final String OTHER_INSIDE = "in1";
    public static final String OUTSIDE = "out0";

    private static final List<Action> ACTIONS = List.of(Action.values());
    private static final List<Integer> PROTOCOLS = List.of(0, 0, 0, 6, 6, 17, 17, 1, 58, 47, 2, 135);
    private static final int[] PORTS = {0, 1, 2, 3, 500, 1023, 1024, 1025, 4500, 65533, 65534, 65535};
    private static final int[] TYPES = {0, 1, 3, 8, 13, 128, 129, 255};

    private final Random random;
    private final String network4;
    private final String network6;

    /**
     * @param network4 the first three numbers of every IPv4 address
     * @param network6 every IPv6 address but for its last number
     */
    public RandomPolicies(long seed, String network4, String network6) {
        this.random = new Random(seed);
        this.network4 = network4;
        this.network6 = network6;
    }

    public RandomPolicies(long seed) {
        this(seed, "10.0.0.", "fd00::ff:");
    }

    /** Makes some policies, at most so many. */
    public List<Policy> policies(int most) {
        int count = random.nextInt(most + 1);
        List<Policy> policies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            policies.add(policy("p" + i, i));
        }
        return policies;
    }

    /** Makes a policy. */
    public Policy policy(String name, int order) {
        Action action = ACTIONS.get(random.nextInt(ACTIONS.size()));
        boolean ipv4 = random.nextBoolean();
        boolean both = random.nextInt(5) == 0;
        int protocol = PROTOCOLS.get(random.nextInt(PROTOCOLS.size()));
        PortRange localPorts = ports(protocol);
        // RFC 7296 section 3.13.1: type and code are not of one side.
        PortRange remotePorts = IpProtocol.hasPorts(protocol) ? ports(protocol) : localPorts;
        Policy.Builder builder = Policy.builder(name, action)
                .order(order)
                .selectors(
                        new Selectors(side(ipv4, both, protocol, localPorts), side(ipv4, both, protocol, remotePorts)));
        if (random.nextInt(6) == 0) {
            builder.networkInterface(random.nextBoolean() ? INSIDE : OTHER_INSIDE);
        }
        if (action == Action.PROTECT) {
            builder.peer(new ConnectionId("west")).proposals(List.of(Proposal.parse("aes256gcm16-esn")));
        }
        return builder.build();
    }

    private List<TrafficSelector> side(boolean ipv4, boolean both, int protocol, PortRange ports) {
        List<TrafficSelector> side = new ArrayList<>();
        int count = 1 + (random.nextInt(4) == 0 ? random.nextInt(3) : 0);
        for (int i = 0; i < count; i++) {
            side.add(new TrafficSelector(protocol, ports, range(ipv4)));
        }
        if (both) {
            side.add(new TrafficSelector(protocol, ports, range(!ipv4)));
        }
        return side;
    }

    private AddressRange range(boolean ipv4) {
        return switch (random.nextInt(8)) {
            case 0 -> ipv4 ? AddressRange.ANY_IPV4 : AddressRange.ANY_IPV6;
            case 1 -> AddressRange.of(address(ipv4, octet()));
            case 2, 3 -> {
                int size = 1 << random.nextInt(4);
                int first = octet() / size * size;
                yield new AddressRange(address(ipv4, first), address(ipv4, first + size - 1));
            }
            default -> {
                int a = octet();
                int b = octet();
                yield new AddressRange(address(ipv4, Math.min(a, b)), address(ipv4, Math.max(a, b)));
            }
        };
    }

    private int octet() {
        return 1 + random.nextInt(14);
    }

    private InetAddress address(boolean ipv4, int last) {
        return Addresses.parse(ipv4 ? network4 + last : network6 + Integer.toHexString(last));
    }

    private PortRange ports(int protocol) {
        if (IpProtocol.hasTypes(protocol)) {
            return types();
        }
        if (!IpProtocol.hasPorts(protocol) || random.nextBoolean()) {
            return PortRange.ANY;
        }
        int a = PORTS[random.nextInt(PORTS.length)];
        int b = random.nextBoolean() ? a : PORTS[random.nextInt(PORTS.length)];
        return new PortRange(Math.min(a, b), Math.max(a, b));
    }

    private PortRange types() {
        if (random.nextBoolean()) {
            return PortRange.ANY;
        }
        int a = TYPES[random.nextInt(TYPES.length)];
        int b = TYPES[random.nextInt(TYPES.length)];
        return random.nextBoolean()
                ? new PortRange(Math.min(a, b) * 256, Math.max(a, b) * 256 + 255)
                : new PortRange(a * 256 + random.nextInt(2), a * 256 + 1 + random.nextInt(2));
    }

    /** Makes a packet of this host, for it, or through it. */
    public Packet packet() {
        boolean ipv4 = random.nextBoolean();
        List<Integer> protocols = ipv4 ? List.of(6, 17, 1, 47, 2, 99) : List.of(6, 17, 58, 47, 135, 99);
        int protocol = protocols.get(random.nextInt(protocols.size()));
        String[] way = List.of(
                        new String[] {"", OUTSIDE},
                        new String[] {OUTSIDE, ""},
                        new String[] {INSIDE, OUTSIDE},
                        new String[] {OTHER_INSIDE, OUTSIDE},
                        new String[] {OUTSIDE, INSIDE})
                .get(random.nextInt(5));
        return new Packet(
                ipv4,
                Oracle.number(address(ipv4, random.nextInt(17))),
                Oracle.number(address(ipv4, random.nextInt(17))),
                protocol,
                port(),
                port(),
                TYPES[random.nextInt(TYPES.length)],
                random.nextInt(4),
                shape(ipv4, protocol),
                way[0],
                way[1]);
    }

    private Packet.Shape shape(boolean ipv4, int protocol) {
        boolean header = IpProtocol.hasPorts(protocol) || IpProtocol.hasTypes(protocol);
        return switch (random.nextInt(12)) {
            case 0, 1 -> Packet.Shape.LATER_FRAGMENT;
            case 2 -> ipv4 ? Packet.Shape.LATER_FRAGMENT : Packet.Shape.OPAQUE_FRAGMENT;
            case 3 -> header ? Packet.Shape.CUT : Packet.Shape.WHOLE;
            default -> Packet.Shape.WHOLE;
        };
    }

    private int port() {
        return Math.clamp(PORTS[random.nextInt(PORTS.length)] + random.nextInt(3) - 1L, 0, 65535);
    }

    public boolean coin() {
        return random.nextBoolean();
    }

    public static InetAddress address(boolean ipv4, BigInteger number) {
        byte[] octets = new byte[ipv4 ? 4 : 16];
        byte[] digits = number.toByteArray();
        int count = Math.min(digits.length, octets.length);
        System.arraycopy(digits, digits.length - count, octets, octets.length - count, count);
        return Addresses.of(octets);
    }
}
