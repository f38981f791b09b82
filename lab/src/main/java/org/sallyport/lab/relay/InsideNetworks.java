package org.sallyport.lab.relay;

import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The networks on the inner side of the relay; a packet to one of them, or to the translator's public address, is
 * inbound, every other is outbound.
 */
record InsideNetworks(List<Prefix> prefixes) {
    InsideNetworks {
        prefixes = List.copyOf(prefixes);
    }

    record Prefix(BigInteger bits, int width, int length) {
        static Prefix parse(String text) {
            String[] parts = text.strip().split("/", 2);
            if (parts.length != 2) {
                throw new IllegalArgumentException("\"" + text + "\": expected address/length");
            }
            byte[] address = InetAddress.ofLiteral(parts[0]).getAddress();
            int width = address.length * 8;
            int length = Integer.parseInt(parts[1]);
            return new Prefix(new BigInteger(1, address).shiftRight(width - length), width, length);
        }

        boolean contains(byte[] address) {
            return address.length * 8 == width
                    && new BigInteger(1, address).shiftRight(width - length).equals(bits);
        }
    }

    static InsideNetworks parse(String text) {
        return new InsideNetworks(
                Arrays.stream(text.split(",", -1)).map(Prefix::parse).toList());
    }

    /** Whether a router would pass the packet on: what the kernel says to its own link is none of the relay's business. */
    static boolean isRouted(byte[] packet) {
        if (packet.length < 20) {
            return false;
        }
        if (packet[0] >>> 4 == 4) {
            return (packet[16] & 0xf0) != 0xe0;
        }
        boolean linkLocal = packet.length >= 40 && (packet[8] & 0xff) == 0xfe && (packet[9] & 0xc0) == 0x80;
        return packet.length >= 40 && (packet[24] & 0xff) != 0xff && !linkLocal;
    }

    Direction direction(byte[] packet, Optional<Nat> nat) {
        byte[] destination =
                packet[0] >>> 4 == 4 ? Arrays.copyOfRange(packet, 16, 20) : Arrays.copyOfRange(packet, 24, 40);
        boolean translated = destination.length == 4
                && nat.isPresent()
                && nat.get().publicAddress() == ByteBuffer.wrap(destination).getInt();
        boolean inbound = translated || prefixes.stream().anyMatch(prefix -> prefix.contains(destination));
        return inbound ? Direction.INBOUND : Direction.OUTBOUND;
    }
}
