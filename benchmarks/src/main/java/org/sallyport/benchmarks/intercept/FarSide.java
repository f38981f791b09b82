package org.sallyport.benchmarks.intercept;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.topology.LabNetwork;

/**
 * Where the calls go. It takes as little as can be from those who are measured: the kernel completes the connections, which
 * nobody accepts, and drops the datagrams, which nobody reads.
 */
final class FarSide implements AutoCloseable {
    private static final int BACKLOG = 32_768;

    private final List<Closeable> sockets = new ArrayList<>();

    private FarSide() {}

    static FarSide open(Namespace server) {
        server.sysctl("net.core.somaxconn", Integer.toString(BACKLOG));
        server.sysctl("net.ipv4.tcp_max_syn_backlog", Integer.toString(BACKLOG));
        FarSide farSide = new FarSide();
        server.call(() -> {
            farSide.listen();
            return farSide;
        });
        return farSide;
    }

    private void listen() throws IOException {
        for (int port : Caller.PORTS) {
            sockets.add(DatagramChannel.open().bind(at(port)));
        }
        sockets.add(ServerSocketChannel.open().bind(at(Caller.PORTS.getFirst()), BACKLOG));
    }

    private static InetSocketAddress at(int port) {
        return new InetSocketAddress(LabNetwork.SERVER, port);
    }

    @Override
    public void close() {
        try {
            for (Closeable socket : sockets) {
                socket.close();
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
