package org.sallyport.lab.relay;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A strict network address translator for IPv4: UDP, TCP and ICMP echo leave with the public address and a port of
 * its own for each inside endpoint, and only whom the inside has written to may answer. Rebinding forgets every port, as
 * a home router does after a restart: what comes to an old one is dropped, what leaves gets a new one. One thread uses
 * it at a time.
 */
final class Nat {
    private static final int FIRST_PORT = 20_000;
    private static final int LAST_PORT = 60_000;
    private static final int ICMP = 1;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int SOURCE = 12;
    private static final int DESTINATION = 16;

    private final int publicAddress;
    private final Map<Endpoint, Integer> ports = new HashMap<>();
    private final Map<PublicPort, Endpoint> endpoints = new HashMap<>();
    private final Set<Permission> permitted = new HashSet<>();
    private int nextPort = FIRST_PORT;

    Nat(InetAddress publicAddress) {
        this.publicAddress = ByteBuffer.wrap(publicAddress.getAddress()).getInt();
    }

    private record Endpoint(int protocol, int address, int port) {}

    private record PublicPort(int protocol, int port) {}

    private record Permission(int protocol, int port, int remote, int remotePort) {}

    /** The public address as a number, for telling inbound packets. */
    int publicAddress() {
        return publicAddress;
    }

    /** Forgets every mapping. */
    void rebind() {
        ports.clear();
        endpoints.clear();
        permitted.clear();
    }

    /** Translates in place; false when the packet cannot pass. */
    boolean translate(Direction direction, byte[] packet) {
        ByteBuffer buffer = ByteBuffer.wrap(packet);
        if (packet.length < 20 || packet[0] >>> 4 != 4) {
            return true;
        }
        int header = (packet[0] & 0xf) * 4;
        int protocol = packet[9] & 0xff;
        boolean fragment = (buffer.getShort(6) & 0x3fff) != 0;
        if (fragment || !translatable(buffer, protocol, header)) {
            return false;
        }
        return direction == Direction.OUTBOUND ? outbound(buffer, protocol, header) : inbound(buffer, protocol, header);
    }

    private static boolean translatable(ByteBuffer packet, int protocol, int header) {
        return switch (protocol) {
            case UDP -> packet.limit() >= header + 8;
            case TCP -> packet.limit() >= header + 20;
            case ICMP -> packet.limit() >= header + 8 && (packet.get(header) == 8 || packet.get(header) == 0);
            default -> false;
        };
    }

    private boolean outbound(ByteBuffer packet, int protocol, int header) {
        int portAt = protocol == ICMP ? header + 4 : header;
        Endpoint inside = new Endpoint(protocol, packet.getInt(SOURCE), packet.getShort(portAt) & 0xffff);
        int port = ports.computeIfAbsent(inside, this::map);
        permitted.add(new Permission(
                protocol,
                port,
                packet.getInt(DESTINATION),
                protocol == ICMP ? 0 : packet.getShort(header + 2) & 0xffff));
        rewrite(packet, protocol, header, SOURCE, publicAddress, portAt, port);
        return true;
    }

    private int map(Endpoint inside) {
        int port = nextPort;
        nextPort = nextPort == LAST_PORT ? FIRST_PORT : nextPort + 1;
        endpoints.put(new PublicPort(inside.protocol(), port), inside);
        return port;
    }

    private boolean inbound(ByteBuffer packet, int protocol, int header) {
        if (packet.getInt(DESTINATION) != publicAddress) {
            return false;
        }
        int portAt = protocol == ICMP ? header + 4 : header + 2;
        int port = packet.getShort(portAt) & 0xffff;
        Endpoint inside = endpoints.get(new PublicPort(protocol, port));
        int remotePort = protocol == ICMP ? 0 : packet.getShort(header) & 0xffff;
        if (inside == null || !permitted.contains(new Permission(protocol, port, packet.getInt(SOURCE), remotePort))) {
            return false;
        }
        rewrite(packet, protocol, header, DESTINATION, inside.address(), portAt, inside.port());
        return true;
    }

    private static void rewrite(
            ByteBuffer packet, int protocol, int header, int addressAt, int address, int portAt, int port) {
        int oldAddress = packet.getInt(addressAt);
        int oldPort = packet.getShort(portAt) & 0xffff;
        packet.putInt(addressAt, address);
        packet.putShort(portAt, (short) port);
        adjust(packet, 10, oldAddress, address);
        switch (protocol) {
            case TCP -> {
                adjust(packet, header + 16, oldAddress, address);
                adjust(packet, header + 16, oldPort, port);
            }
            case UDP -> {
                if (packet.getShort(header + 6) != 0) {
                    adjust(packet, header + 6, oldAddress, address);
                    adjust(packet, header + 6, oldPort, port);
                }
            }
            default -> adjust(packet, header + 2, oldPort, port);
        }
    }

    /** Updates a checksum for 32 bits that changed (RFC 1624, equation 3). */
    private static void adjust(ByteBuffer packet, int checksumAt, int before, int after) {
        long sum = ~packet.getShort(checksumAt) & 0xffff;
        sum += ~(before >>> 16) & 0xffff;
        sum += ~before & 0xffff;
        sum += after >>> 16;
        sum += after & 0xffff;
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        packet.putShort(checksumAt, (short) ~sum);
    }
}
