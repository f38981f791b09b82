package org.sallyport.lab.attack;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;

/** Packets as they might have been recorded: an IKE_SA_INIT, something encrypted on port 4500, and ESP. */
final class Recorded {
    static final Inet4Address SOURCE = (Inet4Address) InetAddress.ofLiteral("203.0.113.2");
    static final Inet4Address DESTINATION = (Inet4Address) InetAddress.ofLiteral("198.51.100.2");
    static final int KE_OFFSET = 28 + 36;
    static final int NONCE_OFFSET = KE_OFFSET + 40;
    static final int INIT_LENGTH = NONCE_OFFSET + 36;

    private Recorded() {}

    static Corpus corpus() {
        return new Corpus(List.of(init(), encrypted()), List.of(esp(1), esp(2), esp(3)));
    }

    /** SA (contents do not matter), KE of group 31, Nonce. */
    static Datagram init() {
        ByteBuffer message = ByteBuffer.allocate(INIT_LENGTH)
                .putLong(0x1122334455667788L)
                .putLong(0)
                .put(new byte[] {33, 0x20, 34, 0x08})
                .putInt(0)
                .putInt(INIT_LENGTH);
        message.put(payload(34, 36, 0)).put(payload(40, 40, 31)).put(payload(0, 36, 0));
        return new Datagram(SOURCE, 500, DESTINATION, 500, message.flip());
    }

    static Datagram encrypted() {
        ByteBuffer message = ByteBuffer.allocate(4 + 28 + 60)
                .putInt(0)
                .putLong(0x1122334455667788L)
                .putLong(0x99aabbccddeeff00L)
                .put(new byte[] {46, 0x20, 35, 0x08})
                .putInt(1)
                .putInt(28 + 60)
                .put(payload(35, 60, 0));
        return new Datagram(SOURCE, 4500, DESTINATION, 4500, message.flip());
    }

    static Datagram esp(int sequence) {
        byte[] content = new byte[96];
        new SplittableRandom(sequence).nextBytes(content);
        ByteBuffer packet = ByteBuffer.wrap(content).putInt(0, 0xc0ffee01).putInt(4, sequence);
        return new Datagram(SOURCE, 4500, DESTINATION, 4500, packet);
    }

    private static byte[] payload(int next, int length, int group) {
        byte[] content = new byte[length];
        new SplittableRandom(length).nextBytes(content);
        ByteBuffer.wrap(content).put(0, (byte) next).put(1, (byte) 0).putShort(2, (short) length);
        if (group != 0) {
            ByteBuffer.wrap(content).putShort(4, (short) group).putShort(6, (short) 0);
        }
        return content;
    }
}
