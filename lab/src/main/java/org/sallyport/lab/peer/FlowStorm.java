package org.sallyport.lab.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sallyport.lab.net.Namespace;

/**
 * Many new flows at once from one namespace to another: TCP connections, and UDP flows of a few numbered datagrams each.
 * Tells how long each connect() took, and which datagrams were lost, doubled or overtaken. Not thread safe.
 */
public final class FlowStorm implements AutoCloseable {
    private static final int BACKLOG = 4096;
    private static final int DATAGRAM = 64;
    private static final int BUFFER = 8 << 20;

    private final InetSocketAddress target;
    private final Selector selector;
    private final ServerSocketChannel server;
    private final DatagramChannel receiver;
    private final List<SocketChannel> accepted = new ArrayList<>();
    private final Map<Integer, Integer> last = new HashMap<>();
    private final Thread thread;
    private int received;
    private int duplicated;
    private int reordered;

    /**
     * What became of the flows.
     *
     * @param connectMillis how long each connect() that succeeded took, shortest first
     * @param connectedBySource connections by the address that asked
     * @param refused connections that failed
     * @param datagrams how many were sent
     * @param received how many arrived
     * @param duplicated how many arrived again
     * @param reordered how many arrived after a later one of their flow
     */
    public record Report(
            List<Double> connectMillis,
            Map<String, Integer> connectedBySource,
            int refused,
            int datagrams,
            int received,
            int duplicated,
            int reordered) {
        public int connected() {
            return connectMillis.size();
        }

        /** The connect time that so many of a hundred did not exceed. */
        public double percentile(int percent) {
            return connectMillis.get(Math.max(0, (connectMillis.size() * percent + 99) / 100 - 1));
        }
    }

    private FlowStorm(InetSocketAddress target, Namespace at) {
        this.target = target;
        try {
            selector = Selector.open();
            server = at.call(() -> ServerSocketChannel.open().bind(target, BACKLOG));
            receiver = at.call(() -> DatagramChannel.open()
                    .setOption(StandardSocketOptions.SO_RCVBUF, BUFFER)
                    .bind(target));
            server.configureBlocking(false).register(selector, SelectionKey.OP_ACCEPT);
            receiver.configureBlocking(false).register(selector, SelectionKey.OP_READ);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        thread = Thread.ofPlatform().daemon().name("flow-storm").start(this::receiveAll);
    }

    /** Starts to listen for connections and datagrams. */
    public static FlowStorm listen(Namespace at, String address, int port) {
        return new FlowStorm(new InetSocketAddress(address, port), at);
    }

    /**
     * Sends every flow's beginning at once and waits until all connections have succeeded or failed, no longer than the
     * patience, and as long again as datagrams keep arriving.
     *
     * @param sources addresses of the namespace, used in turn
     * @param connections how many TCP connections
     * @param datagramFlows how many UDP flows
     * @param datagramsEach how many datagrams each of them sends, one right after the other
     */
    public Report run(
            Namespace from,
            List<String> sources,
            int connections,
            int datagramFlows,
            int datagramsEach,
            Duration patience) {
        forget();
        return from.call(() -> new Sender(sources, connections, datagramFlows, datagramsEach, patience).run());
    }

    private void forget() {
        synchronized (last) {
            last.clear();
            received = 0;
            duplicated = 0;
            reordered = 0;
        }
    }

    private record Attempt(String source, long startNanos) {}

    private final class Sender {
        private final List<String> sources;
        private final int datagramFlows;
        private final int datagramsEach;
        private final Duration patience;
        private final List<SocketChannel> connecting = new ArrayList<>();
        private final List<DatagramChannel> senders = new ArrayList<>();
        private final List<Double> times = new ArrayList<>();
        private final Map<String, Integer> bySource = new TreeMap<>();
        private int refused;

        Sender(List<String> sources, int connections, int datagramFlows, int datagramsEach, Duration patience)
                throws IOException {
            this.sources = sources;
            this.datagramFlows = datagramFlows;
            this.datagramsEach = datagramsEach;
            this.patience = patience;
            for (int i = 0; i < connections; i++) {
                // Closed by a reset: whoever closes in turn would start an SA by it after the test has forgotten them.
                SocketChannel channel = SocketChannel.open()
                        .setOption(StandardSocketOptions.SO_LINGER, 0)
                        .bind(source(i));
                channel.configureBlocking(false);
                connecting.add(channel);
            }
            for (int i = 0; i < datagramFlows; i++) {
                senders.add(DatagramChannel.open().bind(source(i)).connect(target));
            }
        }

        private InetSocketAddress source(int index) {
            return new InetSocketAddress(sources.get(index % sources.size()), 0);
        }

        Report run() throws IOException, InterruptedException {
            try (Selector connected = Selector.open()) {
                long deadline = System.nanoTime() + patience.toNanos();
                for (int i = 0; i < connecting.size(); i++) {
                    Attempt attempt = new Attempt(sources.get(i % sources.size()), System.nanoTime());
                    connecting.get(i).connect(target);
                    connecting.get(i).register(connected, SelectionKey.OP_CONNECT, attempt);
                    connected.selectNow(this::finish); // who is done is not to wait for those who are still to begin
                }
                sendDatagrams(connected);
                awaitConnections(connected, deadline);
                awaitDatagrams(deadline);
                times.sort(null);
                synchronized (last) {
                    return new Report(
                            List.copyOf(times),
                            Map.copyOf(bySource),
                            refused,
                            datagramFlows * datagramsEach,
                            received,
                            duplicated,
                            reordered);
                }
            } finally {
                for (SocketChannel channel : connecting) {
                    channel.close();
                }
                for (DatagramChannel channel : senders) {
                    channel.close();
                }
                closeAccepted();
            }
        }

        private void sendDatagrams(Selector connected) throws IOException {
            ByteBuffer datagram = ByteBuffer.allocate(DATAGRAM);
            for (int number = 0; number < datagramsEach; number++) {
                for (int flow = 0; flow < senders.size(); flow++) {
                    datagram.clear().putInt(0, flow).putInt(4, number);
                    senders.get(flow).write(datagram);
                    connected.selectNow(this::finish);
                }
            }
        }

        private void awaitConnections(Selector connected, long deadline) throws IOException {
            while (times.size() + refused < connecting.size() && System.nanoTime() < deadline) {
                connected.select(this::finish, 20);
            }
        }

        private void finish(SelectionKey key) {
            Attempt attempt = (Attempt) key.attachment();
            try {
                if (((SocketChannel) key.channel()).finishConnect()) {
                    times.add((System.nanoTime() - attempt.startNanos()) / 1e6);
                    bySource.merge(attempt.source(), 1, Integer::sum);
                    key.cancel();
                }
            } catch (IOException failure) {
                refused++;
                key.cancel();
            }
        }

        private void awaitDatagrams(long deadline) throws InterruptedException {
            int seen = -1;
            while (System.nanoTime() < deadline || seen != soFar()) {
                seen = soFar();
                if (seen == datagramFlows * datagramsEach) {
                    Thread.sleep(200); // Whatever is doubled comes now.
                    return;
                }
                Thread.sleep(100);
            }
        }
    }

    private int soFar() {
        synchronized (last) {
            return received;
        }
    }

    private void receiveAll() {
        try {
            while (true) {
                selector.select(this::receive);
            }
        } catch (ClosedSelectorException end) {
            // Closed by close().
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void receive(SelectionKey key) {
        try {
            if (key.isAcceptable()) {
                for (SocketChannel next = server.accept(); next != null; next = server.accept()) {
                    synchronized (accepted) {
                        accepted.add(next);
                    }
                }
            } else {
                ByteBuffer datagram = ByteBuffer.allocate(DATAGRAM);
                while (receiver.receive(datagram) != null) {
                    record(datagram.getInt(0), datagram.getInt(4));
                    datagram.clear();
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void record(int flow, int number) {
        synchronized (last) {
            int before = last.getOrDefault(flow, -1);
            received++;
            if (number == before) {
                duplicated++;
            } else if (number < before) {
                reordered++;
            } else {
                last.put(flow, number);
            }
        }
    }

    @Override
    public void close() {
        try {
            selector.close();
            thread.join(Duration.ofSeconds(5));
            server.close();
            receiver.close();
            closeAccepted();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeAccepted() {
        synchronized (accepted) {
            try {
                for (SocketChannel channel : accepted) {
                    channel.close();
                }
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
            accepted.clear();
        }
    }
}
