package org.sallyport.itests;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.function.UnaryOperator;
import org.sallyport.lab.net.Namespace;

/** Somebody at the IKE port who answers whatever comes with what makes no sense. */
final class Babbler implements AutoCloseable {
    private static final int IKE_PORT = 500;
    private static final int HEADER = 28;
    private static final int PAYLOAD = 8;
    private static final byte SECURITY_ASSOCIATION = 33;
    private static final byte IKE_V2 = 0x20;
    private static final byte IKE_SA_INIT = 34;
    private static final byte RESPONSE = 0x20;

    private final DatagramChannel channel;
    private volatile UnaryOperator<byte[]> nonsense = Babbler::endlessPayload;

    private Babbler(DatagramChannel channel) {
        this.channel = channel;
    }

    /** Begins to babble at an address of the namespace. */
    static Babbler start(Namespace namespace, String address) {
        Babbler babbler = new Babbler(namespace.call(
                () -> DatagramChannel.open().bind(new InetSocketAddress(InetAddress.getByName(address), IKE_PORT))));
        Thread.ofPlatform().daemon().name("babbler").start(babbler::babble);
        return babbler;
    }

    /** From now on answers so. */
    void answer(UnaryOperator<byte[]> how) {
        nonsense = how;
    }

    private void babble() {
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        try {
            while (channel.isOpen()) {
                SocketAddress from = channel.receive(buffer.clear());
                byte[] request = new byte[buffer.flip().remaining()];
                buffer.get(request);
                channel.send(ByteBuffer.wrap(nonsense.apply(request)), from);
            }
        } catch (IOException closed) {
            return;
        }
    }

    /** A response to an IKE_SA_INIT whose one payload says that it is longer than the message. */
    static byte[] endlessPayload(byte[] request) {
        return ByteBuffer.allocate(HEADER + PAYLOAD)
                .put(request, 0, Long.BYTES)
                .putLong(1)
                .put(SECURITY_ASSOCIATION)
                .put(IKE_V2)
                .put(IKE_SA_INIT)
                .put(RESPONSE)
                .putInt(0)
                .putInt(HEADER + PAYLOAD)
                .putShort((short) 0)
                .putShort((short) 4000)
                .array();
    }

    /** What is no IKE at all. */
    static byte[] chatter(byte[] request) {
        return "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }
}
