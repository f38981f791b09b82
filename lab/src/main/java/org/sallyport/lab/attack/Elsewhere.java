package org.sallyport.lab.attack;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/** Addresses of nobody: shared address space (RFC 6598), which no network of the lab uses. */
final class Elsewhere {
    private static final int NETWORK = 100 << 24 | 64 << 16;
    private static final int HOSTS = 1 << 22;

    private Elsewhere() {}

    static InetAddress address(SplittableRandom random) {
        int value = NETWORK | (1 + random.nextInt(HOSTS - 2));
        try {
            return InetAddress.getByAddress(
                    ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("four octets are an address", impossible);
        }
    }
}
