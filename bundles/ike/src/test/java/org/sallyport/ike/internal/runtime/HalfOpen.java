package org.sallyport.ike.internal.runtime;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.sallyport.lab.net.Namespace;

/** First requests of somebody who never goes on (RFC 7296 section 1.2): AES-GCM-16 128, HMAC-SHA-256, X25519. */
final class HalfOpen {
    private static final int SA_INIT = 34;
    private static final int SA = 33;
    private static final int KE = 34;
    private static final int NONCE = 40;
    private static final int X25519 = 31;
    private static final int RANDOM = 32;
    private static final byte[] PROPOSAL = {
        0,
        0,
        0,
        36,
        1,
        1,
        0,
        3, // IKE, three transforms
        3,
        0,
        0,
        12,
        1,
        0,
        0,
        20,
        (byte) 0x80,
        14,
        0,
        (byte) 128, // ENCR_AES_GCM_16, 128 bits
        3,
        0,
        0,
        8,
        2,
        0,
        0,
        5, // PRF_HMAC_SHA2_256
        0,
        0,
        0,
        8,
        4,
        0,
        0,
        X25519
    };

    private HalfOpen() {}

    /** Sends some from the namespace, each of another initiator. */
    static void send(Namespace namespace, String to, int count) {
        SplittableRandom random = new SplittableRandom();
        namespace.call(() -> {
            try (DatagramSocket socket = new DatagramSocket()) {
                for (int i = 0; i < count; i++) {
                    byte[] request = request(random);
                    socket.send(new DatagramPacket(request, request.length, InetAddress.getByName(to), 500));
                }
            }
            return count;
        });
    }

    private static byte[] request(SplittableRandom random) {
        int length = 28 + 4 + PROPOSAL.length + 8 + RANDOM + 4 + RANDOM;
        ByteBuffer message = ByteBuffer.allocate(length);
        message.putLong(random.nextLong() | 1).putLong(0);
        message.put((byte) SA).put((byte) 0x20).put((byte) SA_INIT).put((byte) 0x08);
        message.putInt(0).putInt(length);
        payload(message, KE, PROPOSAL.length).put(PROPOSAL);
        payload(message, NONCE, 4 + RANDOM).putInt(X25519 << 16).put(bytes(random));
        payload(message, 0, RANDOM).put(bytes(random));
        return message.array();
    }

    private static ByteBuffer payload(ByteBuffer message, int next, int length) {
        return message.put((byte) next).put((byte) 0).putShort((short) (4 + length));
    }

    private static byte[] bytes(SplittableRandom random) {
        byte[] bytes = new byte[RANDOM];
        random.nextBytes(bytes);
        return bytes;
    }
}
