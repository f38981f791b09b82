package org.sallyport.benchmarks.handshakes;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** Many initiators on one thread: keeps so many handshakes under way, and starts a new one for each that ended. */
final class Load implements AutoCloseable {
    private static final int IKE_PORT = 500;
    private static final int NAT_PORT = 4500;
    private static final int MARKER = 4;
    private static final int LARGEST = 65_536;
    private static final int RECEIVE_BUFFER = 4 << 20;
    private static final long RETRANSMIT = 500_000_000L;
    private static final long LOOK = 50_000_000L;
    private static final int MOST_TRANSMISSIONS = 10;

    private static final class Flight {
        final Client client;
        final DatagramChannel channel;
        long sentAt;
        int transmissions;
        boolean rekeyed;

        Flight(Client client, DatagramChannel channel) {
            this.client = client;
            this.channel = channel;
        }
    }

    private final LoadSuite suite = new LoadSuite();
    private final Selector selector;
    private final List<DatagramChannel> channels = new ArrayList<>();
    private final InetAddress responder;
    private final Proof proof;
    private final boolean keep;
    private final Map<Long, Flight> flights = new HashMap<>();
    private final ArrayDeque<Flight> underWay = new ArrayDeque<>();
    private final ByteBuffer in = ByteBuffer.allocateDirect(LARGEST);
    private final NavigableMap<Long, Integer> rekeyingsBySecond = new TreeMap<>();
    private int next;
    private int busy;
    private long completed;
    private long failed;
    private long retransmitted;
    private long lookAt;
    private String failure = "";

    /**
     * Opens a socket for each address that is clients'.
     *
     * @param keep whether what was set up stays, instead of being deleted
     */
    Load(List<InetAddress> locals, InetAddress responder, Proof proof, boolean keep) throws IOException {
        this.responder = responder;
        this.proof = proof;
        this.keep = keep;
        this.selector = Selector.open();
        for (InetAddress local : locals) {
            DatagramChannel channel = DatagramChannel.open().bind(new InetSocketAddress(local, 0));
            channel.setOption(java.net.StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
            channels.add(channel);
        }
    }

    long completed() {
        return completed;
    }

    long failed() {
        return failed;
    }

    long retransmitted() {
        return retransmitted;
    }

    /** Why the last one failed that did. */
    String failure() {
        return failure;
    }

    /** How many IKE SAs the responder wanted to replace, or a Child SA under them, by the second of the first wish. */
    NavigableMap<Long, Integer> rekeyingsBySecond() {
        return rekeyingsBySecond;
    }

    /** Serves for a time, keeping so many handshakes under way, or fewer once so many clients have begun. */
    void run(long until, int concurrent, int mostClients) throws IOException {
        while (System.nanoTime() - until < 0 && (next < mostClients || busy > 0 || concurrent == 0)) {
            while (busy < concurrent && next < mostClients) {
                begin();
            }
            selector.select(1);
            for (SelectionKey key : selector.selectedKeys()) {
                receive((DatagramChannel) key.channel());
            }
            selector.selectedKeys().clear();
            look();
        }
    }

    private void begin() throws IOException {
        int number = next++;
        DatagramChannel channel = channels.get(number % channels.size());
        InetSocketAddress local = (InetSocketAddress) channel.getLocalAddress();
        Client client = new Client(suite, proof, number, local, new InetSocketAddress(responder, IKE_PORT));
        Flight flight = new Flight(client, channel);
        flights.put(client.spi(), flight);
        underWay.add(flight);
        busy++;
        send(flight);
    }

    private void send(Flight flight) throws IOException {
        flight.sentAt = System.nanoTime();
        flight.transmissions++;
        boolean first = flight.client.stage() == Client.Stage.INIT;
        send(flight.channel, first ? IKE_PORT : NAT_PORT, flight.client.request());
    }

    private void send(DatagramChannel channel, int port, byte[] message) throws IOException {
        int marker = port == NAT_PORT ? MARKER : 0;
        ByteBuffer out = ByteBuffer.allocate(marker + message.length);
        out.position(marker);
        out.put(message).flip();
        channel.send(out, new InetSocketAddress(responder, port));
    }

    private void receive(DatagramChannel channel) throws IOException {
        in.clear();
        SocketAddress from = channel.receive(in);
        while (from != null) {
            in.flip();
            int marker = ((InetSocketAddress) from).getPort() == NAT_PORT ? MARKER : 0;
            if (in.remaining() > marker + Long.BYTES) {
                byte[] message = new byte[in.remaining() - marker];
                in.get(marker, message);
                received(message);
            }
            in.clear();
            from = channel.receive(in);
        }
    }

    private void received(byte[] message) throws IOException {
        Flight flight = flights.get(ByteBuffer.wrap(message).getLong());
        if (flight == null) {
            return;
        }
        if (flight.client.stage() == Client.Stage.STANDING) {
            answer(flight, message);
            return;
        }
        if (flight.client.receive(message, keep)) {
            flight.transmissions = 0;
            send(flight);
            return;
        }
        switch (flight.client.stage()) {
            case DONE, STANDING -> ended(flight, true);
            case FAILED -> ended(flight, false);
            default -> {}
        }
    }

    private void ended(Flight flight, boolean well) {
        busy--;
        if (well) {
            completed++;
        } else {
            failed++;
            failure = flight.client.failure();
        }
        if (flight.client.stage() != Client.Stage.STANDING) {
            flights.remove(flight.client.spi());
        }
    }

    private void answer(Flight flight, byte[] message) throws IOException {
        Optional<Client.Reply> reply = flight.client.answer(message);
        if (reply.isPresent()) {
            if (reply.get().rekeying() && !flight.rekeyed) {
                flight.rekeyed = true;
                rekeyingsBySecond.merge(System.nanoTime() / 1_000_000_000, 1, Integer::sum);
            }
            send(flight.channel, NAT_PORT, reply.get().message().toArray());
        }
    }

    private void look() throws IOException {
        long now = System.nanoTime();
        if (now < lookAt) {
            return;
        }
        lookAt = now + LOOK;
        for (Iterator<Flight> all = underWay.iterator(); all.hasNext(); ) {
            Flight flight = all.next();
            switch (flight.client.stage()) {
                case STANDING, DONE, FAILED -> all.remove();
                default -> overdue(flight, now);
            }
        }
    }

    private void overdue(Flight flight, long now) throws IOException {
        if (now - flight.sentAt < RETRANSMIT) {
            return;
        }
        if (flight.transmissions < MOST_TRANSMISSIONS) {
            retransmitted++;
            send(flight);
        } else {
            flight.client.giveUp();
            ended(flight, false);
        }
    }

    @Override
    public void close() throws IOException {
        selector.close();
        for (DatagramChannel channel : channels) {
            channel.close();
        }
    }
}
