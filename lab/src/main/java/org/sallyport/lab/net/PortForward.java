package org.sallyport.lab.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * Makes a TCP port inside a namespace reachable on this machine's own loopback. Only this process is involved: nothing
 * of the machine's network is changed.
 */
public final class PortForward implements AutoCloseable {
    private static final int BUFFER = 16_384;

    private final Namespace namespace;
    private final InetSocketAddress target;
    private final ServerSocketChannel listener;

    private PortForward(Namespace namespace, InetSocketAddress target, ServerSocketChannel listener) {
        this.namespace = namespace;
        this.target = target;
        this.listener = listener;
    }

    /** Forwards a free port of 127.0.0.1 to the target, an address and port inside the namespace. */
    public static PortForward open(Namespace namespace, String address, int port) {
        try {
            ServerSocketChannel listener = ServerSocketChannel.open();
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            PortForward forward = new PortForward(namespace, new InetSocketAddress(address, port), listener);
            Thread.ofVirtual().name("forward-" + namespace).start(forward::accept);
            return forward;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The port on this machine's loopback. */
    public int port() {
        return listener.socket().getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel client = listener.accept();
                Thread.startVirtualThread(() -> serve(client));
            }
        } catch (IOException closed) {
            // The forward has ended.
        }
    }

    private void serve(SocketChannel client) {
        try (client;
                SocketChannel inside = namespace.call(() -> SocketChannel.open(target))) {
            Thread back = Thread.startVirtualThread(() -> pump(inside, client));
            pump(client, inside);
            back.join();
        } catch (IOException | UncheckedIOException refused) {
            // The client sees its connection closed, as if nobody listened.
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void pump(ByteChannel from, SocketChannel to) {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        try {
            while (from.read(buffer.clear()) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
            }
            to.shutdownOutput();
        } catch (IOException end) {
            closeQuietly(to);
        }
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException already) {
            // It is closed, which is what was wanted.
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
