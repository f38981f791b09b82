package org.sallyport.linux.tcp.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sallyport.linux.memory.RawMemory;
import org.sallyport.linux.tcp.EspStreamLease;
import org.sallyport.linux.tcp.IkeStreamLease;
import org.sallyport.linux.tcp.StreamEnds;
import org.sallyport.linux.tcp.StreamEvent;
import org.sallyport.linux.tcp.StreamSocket;
import org.sallyport.linux.udp.ReceiveBatch;
import org.sallyport.linux.udp.SendBatch;
import org.sallyport.linux.udp.UdpDestination;

/** Streams over real connections, with a peer that writes octets as it likes. */
@Timeout(60)
class TcpStreamsTest {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final byte[] PREFIX = "IKETCP".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] KEEP_ALIVE = {0, 3, (byte) 0xff};

    private final Arena arena = Arena.ofShared();
    private KernelTcpStreams streams;
    private IkeStreamLease ike;
    private EspStreamLease esp;
    private ReceiveBatch received;
    private int port;

    @BeforeEach
    void open() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, LOOPBACK)) {
            port = free.getLocalPort();
        }
        streams = new KernelTcpStreams(port);
        ike = streams.leaseIke(streams.nextEpoch(), () -> {});
        esp = streams.leaseEsp(streams.nextEpoch(), 1, () -> {});
        received = socket().newReceiveBatch(arena, 8);
    }

    @AfterEach
    void close() {
        streams.close();
        arena.close();
    }

    private StreamSocket socket() {
        return esp.sockets().getFirst();
    }

    private static byte[] ike(int octets, int fill) {
        byte[] message = new byte[octets];
        Arrays.fill(message, (byte) fill);
        return message;
    }

    private static byte[] ikeFrame(byte[] message) {
        return ByteBuffer.allocate(6 + message.length)
                .putShort((short) (6 + message.length))
                .putInt(0)
                .put(message)
                .array();
    }

    private static byte[] espPacket(int octets, int spi) {
        return ByteBuffer.allocate(octets).putInt(spi).array();
    }

    private static byte[] espFrame(byte[] packet) {
        return ByteBuffer.allocate(2 + packet.length)
                .putShort((short) (2 + packet.length))
                .put(packet)
                .array();
    }

    private static byte[] join(byte[]... parts) {
        ByteBuffer all =
                ByteBuffer.allocate(Arrays.stream(parts).mapToInt(p -> p.length).sum());
        for (byte[] part : parts) {
            all.put(part);
        }
        return all.array();
    }

    private Socket peer() throws IOException {
        Socket peer = new Socket(LOOPBACK, port);
        peer.setTcpNoDelay(true);
        peer.setSoTimeout((int) SOON.toMillis());
        return peer;
    }

    private static void await(String what, BooleanSupplier holds) throws InterruptedException {
        long end = System.nanoTime() + SOON.toNanos();
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            Thread.sleep(2);
        }
    }

    /** What workers receive, as text, until there are so many. */
    private List<String> packets(int count) throws InterruptedException {
        List<String> all = new ArrayList<>();
        await(count + " packets, after " + all, () -> {
            int taken = socket().receive(received);
            for (int i = 0; i < taken; i++) {
                byte[] octets = new byte[received.length(i)];
                RawMemory.copyOut(received.address(i), octets, 0, octets.length);
                all.add(HexFormat.of().formatHex(octets));
            }
            return all.size() >= count;
        });
        return all;
    }

    /** IKE's next, while a worker reads. */
    private StreamEvent next() throws InterruptedException {
        List<StreamEvent> events = new ArrayList<>();
        await("something for IKE", () -> {
            socket().receive(received);
            ike.receive(Duration.ZERO).ifPresent(events::add);
            return !events.isEmpty();
        });
        return events.getFirst();
    }

    private static String hex(byte[] octets) {
        return HexFormat.of().formatHex(octets);
    }

    /** Whether the other side has closed, perhaps by a reset. */
    private static boolean closed(Socket peer) {
        try {
            return peer.getInputStream().read() < 0;
        } catch (java.net.SocketTimeoutException stillOpen) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    @Test
    void framesAreUnderstoodWhereverTheyAreCut() throws Exception {
        ike.listen(true);
        byte[] first = espPacket(40, 7);
        byte[] second = espPacket(60, 8);
        byte[] all =
                join(PREFIX, espFrame(first), KEEP_ALIVE, ikeFrame(ike(28, 5)), espFrame(second), ikeFrame(ike(40, 6)));
        for (int cut = 1; cut < all.length; cut++) {
            try (Socket peer = peer()) {
                peer.getOutputStream().write(all, 0, cut);
                Thread.sleep(1); // two reads, most likely
                peer.getOutputStream().write(all, cut, all.length - cut);
                assertThat(packets(2)).as("cut at " + cut).containsExactly(hex(first), hex(second));
                StreamEvent.Message message = (StreamEvent.Message) next();
                assertThat(message.message()).isEqualTo(ike(28, 5));
                assertThat(message.ends().remote()).isEqualTo(peer.getLocalSocketAddress());
                assertThat(((StreamEvent.Message) next()).message()).isEqualTo(ike(40, 6));
            }
        }
    }

    @Test
    void manyFramesOfAnyLengthArriveInOrderHoweverTheyAreWritten() throws Exception {
        ike.listen(true);
        Random random = new Random(9329);
        List<String> sent = new ArrayList<>();
        try (Socket peer = peer()) {
            peer.getOutputStream().write(PREFIX);
            Thread writer = Thread.ofPlatform().start(() -> write(peer, random, sent));
            List<String> arrived = packets(2000);
            writer.join();
            assertThat(arrived).isEqualTo(sent);
        }
    }

    private static void write(Socket peer, Random random, List<String> sent) {
        try {
            ByteBuffer waiting = ByteBuffer.allocate(1 << 18);
            for (int i = 0; i < 2000; i++) {
                byte[] packet = espPacket(random.nextInt(50) == 0 ? 65533 : 8 + random.nextInt(1500), i + 1);
                sent.add(hex(packet));
                waiting.put(espFrame(packet));
                if (random.nextBoolean()) {
                    waiting.put(KEEP_ALIVE);
                }
                waiting.flip();
                int now = random.nextInt(waiting.remaining() + 1);
                peer.getOutputStream().write(waiting.array(), 0, now);
                waiting.position(now).compact();
                if (waiting.remaining() < 70_000) {
                    waiting.flip();
                    peer.getOutputStream().write(waiting.array(), 0, waiting.limit());
                    waiting.clear();
                }
            }
            peer.getOutputStream().write(waiting.array(), 0, waiting.position());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0000", "0001", "0002", "000300", "0004ffff", "000600000000"})
    void whatMakesNoSenseEndsThatConnectionAlone(String senseless) throws Exception {
        ike.listen(true);
        try (Socket other = peer();
                Socket peer = peer()) {
            other.getOutputStream().write(PREFIX);
            peer.getOutputStream().write(PREFIX);
            await("the connection", () -> stands(peer));
            peer.getOutputStream().write(HexFormat.of().parseHex(senseless));
            await("the connection's end", () -> socket().receive(received) == 0 && !stands(peer));
            assertThat(closed(peer)).isTrue();
            other.getOutputStream().write(espFrame(espPacket(20, 3)));
            assertThat(packets(1)).containsExactly(hex(espPacket(20, 3)));
        }
    }

    private boolean stands(Socket peer) {
        return connections().stream().anyMatch(c -> c.equals(peer.getLocalSocketAddress()));
    }

    private List<InetSocketAddress> connections() {
        return streams.table().connections().stream()
                .map(c -> c.ends().remote())
                .toList();
    }

    @Test
    void whoDoesNotBeginWithThePrefixIsClosed() throws Exception {
        ike.listen(true);
        try (Socket peer = peer()) {
            peer.getOutputStream().write("GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(closed(peer)).isTrue();
        }
        assertThat(ike.receive(Duration.ZERO)).isEmpty();
    }

    @Test
    void oneAddressHasSixteenConnectionsThatNobodyVouchesFor() throws Exception {
        ike.listen(true);
        List<Socket> peers = new ArrayList<>();
        try {
            for (int i = 0; i < 16; i++) {
                peers.add(peer());
                peers.getLast().getOutputStream().write(PREFIX);
            }
            await("sixteen connections", () -> connections().size() == 16);
            try (Socket further = peer()) {
                assertThat(closed(further)).isTrue();
            }
            Socket first = peers.getFirst();
            ike.genuine(new StreamEnds((InetSocketAddress) first.getRemoteSocketAddress(), (InetSocketAddress)
                    first.getLocalSocketAddress()));
            try (Socket further = peer()) {
                await("one more", () -> stands(further));
            }
        } finally {
            for (Socket each : peers) {
                each.close();
            }
        }
    }

    @Test
    void nobodyIsLetInBeforeThatIsWanted() throws Exception {
        assertThat(refused()).isTrue();
        ike.listen(true);
        peer().close();
        ike.listen(false);
        await("nobody is let in any more", this::refused);
    }

    private boolean refused() {
        try (Socket peer = peer()) {
            return !peer.isConnected();
        } catch (IOException e) {
            return true;
        }
    }

    /** Accepts while a worker reads. */
    private Socket accept(ServerSocket server) throws IOException, InterruptedException {
        server.setSoTimeout(10);
        List<Socket> accepted = new ArrayList<>();
        await("a connection", () -> {
            socket().receive(received);
            try {
                accepted.add(server.accept());
            } catch (IOException notYet) {
                return false;
            }
            return true;
        });
        accepted.getFirst().setSoTimeout((int) SOON.toMillis());
        return accepted.getFirst();
    }

    private static byte[] read(InputStream in, int octets) throws IOException {
        byte[] all = in.readNBytes(octets);
        assertThat(all).hasSize(octets);
        return all;
    }

    @Test
    void whatIsSentBeforeTheConnectionStandsFollowsThePrefix() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
            StreamEnds ends = ike.open(LOOPBACK, (InetSocketAddress) server.getLocalSocketAddress());
            assertThat(ike.send(ends, ike(30, 1))).isTrue();
            try (Socket accepted = accept(server)) {
                assertThat(accepted.getRemoteSocketAddress()).isEqualTo(ends.local());
                byte[] expected = join(PREFIX, ikeFrame(ike(30, 1)));
                assertThat(read(accepted.getInputStream(), expected.length)).isEqualTo(expected);
                send(ends, espPacket(100, 9), 3);
                byte[] frame = espFrame(espPacket(100, 9));
                assertThat(read(accepted.getInputStream(), 3 * frame.length)).isEqualTo(join(frame, frame, frame));
                accepted.getOutputStream().write(ikeFrame(ike(28, 2)));
                StreamEvent.Message answer = (StreamEvent.Message) next();
                assertThat(answer.ends()).isEqualTo(ends);
                assertThat(answer.message()).isEqualTo(ike(28, 2));
            }
        }
    }

    private int send(StreamEnds ends, byte[] packet, int count) {
        SendBatch batch = socket().newSendBatch(arena, 1 << 20, true);
        UdpDestination destination = socket().destination(ends.local(), ends.remote());
        for (int i = 0; i < count; i++) {
            long at = batch.reserve(packet.length);
            RawMemory.copyIn(packet, 0, at, packet.length);
            batch.commit(packet.length, destination);
        }
        return socket().send(batch);
    }

    @Test
    void aLostConnectionIsMadeAgainUnderItsName() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 8, LOOPBACK)) {
            StreamEnds ends = ike.open(LOOPBACK, (InetSocketAddress) server.getLocalSocketAddress());
            try (Socket first = accept(server)) {
                read(first.getInputStream(), PREFIX.length);
                first.setSoLinger(true, 0);
            }
            try (Socket second = accept(server)) {
                assertThat(second.getRemoteSocketAddress()).isNotEqualTo(ends.local());
                assertThat(read(second.getInputStream(), PREFIX.length)).isEqualTo(PREFIX);
                assertThat(next()).isEqualTo(new StreamEvent.Reopened(ends));
                assertThat(send(ends, espPacket(20, 4), 1)).isEqualTo(1);
                assertThat(read(second.getInputStream(), 22)).isEqualTo(espFrame(espPacket(20, 4)));
                second.getOutputStream().write(ikeFrame(ike(28, 8)));
                assertThat(next().ends()).isEqualTo(ends);
                ike.end(ends);
                second.setSoTimeout(10_000);
                assertThat(closed(second)).isTrue();
            }
            server.setSoTimeout(1500);
            org.assertj.core.api.Assertions.assertThatThrownBy(server::accept)
                    .as("an ended stream is not opened again")
                    .isInstanceOf(java.net.SocketTimeoutException.class);
        }
    }

    @Test
    void whatIsGenuineMovesItsStreamToTheNewestConnection() throws Exception {
        ike.listen(true);
        try (Socket first = peer();
                Socket second = peer()) {
            first.getOutputStream().write(join(PREFIX, ikeFrame(ike(28, 1))));
            StreamEnds name = next().ends();
            second.getOutputStream().write(join(PREFIX, espFrame(espPacket(20, 5))));
            await("a packet", () -> socket().receive(received) == 1);
            socket().belongs(socket().connection(received, 0), name.local(), name.remote());

            assertThat(next()).isEqualTo(new StreamEvent.Reopened(name));
            assertThat(closed(first)).isTrue();
            assertThat(send(name, espPacket(30, 6), 1)).isEqualTo(1);
            assertThat(read(second.getInputStream(), 32)).isEqualTo(espFrame(espPacket(30, 6)));
            second.getOutputStream().write(ikeFrame(ike(28, 3)));
            assertThat(next().ends()).isEqualTo(name);
        }
    }

    @Test
    void aMessageMovesItAsWellAndAnswersUnderTheOtherNameStillArrive() throws Exception {
        ike.listen(true);
        try (Socket first = peer();
                Socket second = peer()) {
            first.getOutputStream().write(join(PREFIX, ikeFrame(ike(28, 1))));
            StreamEnds name = next().ends();
            second.getOutputStream().write(join(PREFIX, ikeFrame(ike(28, 2))));
            StreamEnds newer = next().ends();
            ike.move(name, newer, true);
            assertThat(ike.send(newer, ike(28, 7))).isTrue();
            assertThat(ike.send(name, ike(28, 8))).isTrue();
            assertThat(read(second.getInputStream(), 68)).isEqualTo(join(ikeFrame(ike(28, 7)), ikeFrame(ike(28, 8))));
        }
    }

    @Test
    void anAddressThatAPeerHasLeftIsNobodysWayIntoItsStream() throws Exception {
        ike.listen(true);
        InetSocketAddress left;
        try (Socket second = peer()) {
            StreamEnds name;
            try (Socket first = peer()) {
                first.getOutputStream().write(join(PREFIX, ikeFrame(ike(28, 1))));
                name = next().ends();
                left = (InetSocketAddress) first.getLocalSocketAddress();
                second.getOutputStream().write(join(PREFIX, ikeFrame(ike(28, 2))));
                ike.move(name, next().ends(), true);
                assertThat(next()).isEqualTo(new StreamEvent.Reopened(name));
                assertThat(closed(first)).isTrue();
            }
            try (Socket stranger = new Socket()) {
                stranger.setReuseAddress(true);
                stranger.bind(left);
                stranger.connect(new InetSocketAddress(LOOPBACK, port), (int) SOON.toMillis());
                stranger.setSoTimeout((int) SOON.toMillis());
                assertThat(closed(stranger)).isTrue();
            }
            assertThat(ike.send(name, ike(28, 8))).isTrue();
            assertThat(read(second.getInputStream(), 34)).isEqualTo(ikeFrame(ike(28, 8)));
        }
    }

    @Test
    void aStreamOfSomebodysOutlivesStrangersConnectionsUnderItsName() throws Exception {
        ike.listen(true);
        StreamEnds name;
        InetSocketAddress lost;
        try (Socket first = peer()) {
            first.getOutputStream().write(join(PREFIX, ikeFrame(ike(28, 1))));
            name = next().ends();
            ike.genuine(name);
            lost = (InetSocketAddress) first.getLocalSocketAddress();
            first.setSoLinger(true, 0);
        }
        await("the loss", () -> {
            socket().receive(received);
            return connections().isEmpty();
        });
        try (Socket stranger = new Socket()) {
            stranger.setReuseAddress(true);
            stranger.bind(lost);
            stranger.connect(new InetSocketAddress(LOOPBACK, port), (int) SOON.toMillis());
            stranger.getOutputStream().write("GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
            stranger.setSoTimeout((int) SOON.toMillis());
            assertThat(closed(stranger)).isTrue();
        }
        await("the end of the stranger", () -> connections().isEmpty());
        UdpDestination stream = socket().destination(name.local(), name.remote());
        try (Socket back = peer()) {
            back.getOutputStream().write(join(PREFIX, ikeFrame(ike(28, 2))));
            ike.move(name, next().ends(), true);
            assertThat(socket().destination(name.local(), name.remote())).isSameAs(stream);
            assertThat(send(name, espPacket(30, 6), 1)).isEqualTo(1);
            assertThat(read(back.getInputStream(), 32)).isEqualTo(espFrame(espPacket(30, 6)));
        }
    }

    @Test
    void whateverStrangersSendWhoHasProvedHimselfIsHeardFirst() throws Exception {
        ike.listen(true);
        List<Socket> strangers = new ArrayList<>();
        try (Socket peer = peer()) {
            peer.getOutputStream().write(join(PREFIX, ikeFrame(ike(28, 1))));
            ike.genuine(next().ends());
            byte[][] many = new byte[IkeInbox.MOST_OF_AN_UNPROVEN_ONE + 1][];
            Arrays.fill(many, ikeFrame(ike(28, 2)));
            for (int i = 0; i < IkeInbox.MOST_UNPROVEN / IkeInbox.MOST_OF_AN_UNPROVEN_ONE; i++) {
                strangers.add(peer());
                strangers.getLast().getOutputStream().write(join(PREFIX, join(many)));
            }
            for (Socket stranger : strangers) {
                await("the end of who sends too much", () -> {
                    socket().receive(received);
                    return closedNow(stranger);
                });
            }
            peer.getOutputStream().write(ikeFrame(ike(28, 3)));
            Thread.sleep(100);
            assertThat(((StreamEvent.Message) next()).message()).isEqualTo(ike(28, 3));
            for (int i = 0; i < IkeInbox.MOST_UNPROVEN; i++) {
                assertThat(((StreamEvent.Message) next()).message()).isEqualTo(ike(28, 2));
            }
            assertThat(ike.receive(Duration.ZERO)).isEmpty();
        } finally {
            for (Socket each : strangers) {
                each.close();
            }
        }
    }

    @Test
    void whoAnswersAndClosesIsNotAskedWithoutEnd() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 8, LOOPBACK)) {
            ike.open(LOOPBACK, (InetSocketAddress) server.getLocalSocketAddress());
            server.setSoTimeout(10);
            int connections = 0;
            long end = System.nanoTime() + Duration.ofMillis(2500).toNanos();
            while (System.nanoTime() < end) {
                socket().receive(received);
                try (Socket each = server.accept()) {
                    connections++;
                    each.getOutputStream().write(ikeFrame(ike(28, 1)));
                    while (next() instanceof StreamEvent.Reopened) {
                        // the message follows
                    }
                } catch (java.net.SocketTimeoutException notYet) {
                    assertThat(connections).as("the first one").isPositive();
                }
            }
            assertThat(connections).as("at once, and after a second").isBetween(3, 4);
        }
    }

    private static boolean closedNow(Socket peer) {
        try {
            peer.setSoTimeout(10);
        } catch (java.net.SocketException gone) {
            return true;
        }
        return closed(peer);
    }

    @Test
    void aConnectionThatIsFullDropsWholePacketsAndBlocksNobody() throws Exception {
        ike.listen(true);
        try (Socket peer = peer()) {
            peer.getOutputStream().write(join(PREFIX, ikeFrame(ike(28, 1))));
            StreamEnds ends = next().ends();
            int sent = 0;
            int last = 1;
            while (last > 0) { // until nothing goes any more
                last = Math.max(0, send(ends, espPacket(1400, 2), 500));
                sent += last;
            }
            assertThat(ike.send(ends, ike(100, 3))).isTrue();
            byte[] expected = espFrame(espPacket(1400, 2));
            for (int i = 0; i < sent; i++) {
                assertThat(read(peer.getInputStream(), expected.length)).isEqualTo(expected);
            }
            assertThat(read(peer.getInputStream(), 106)).isEqualTo(ikeFrame(ike(100, 3)));
        }
    }

    @Test
    void theNextHolderGoesOnInTheMiddleOfAFrame() throws Exception {
        ike.listen(true);
        byte[] frame = espFrame(espPacket(500, 1));
        try (Socket peer = peer()) {
            peer.getOutputStream().write(join(PREFIX, frame, Arrays.copyOf(frame, 200)));
            packets(1);
            esp = streams.leaseEsp(streams.nextEpoch(), 1, () -> {});
            peer.getOutputStream().write(frame, 200, frame.length - 200);
            assertThat(packets(1)).containsExactly(hex(espPacket(500, 1)));
        }
    }
}
