package org.sallyport.linux.tcp.internal;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sallyport.linux.ErrnoNames;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.internal.SystemCalls;
import org.sallyport.linux.poll.Wakeup;
import org.sallyport.linux.tcp.StreamEnds;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts and opens connections, takes them through their beginnings, sends what had to wait, makes lost ones again, and
 * closes what is over. On a thread of its own.
 */
final class Keeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);
    private static final long BEGINNING = Duration.ofSeconds(10).toNanos();
    private static final long UNPROVEN = Duration.ofSeconds(30).toNanos();
    private static final long LONGEST_WAIT = Duration.ofSeconds(16).toNanos();
    private static final long STEADY = Duration.ofSeconds(10).toNanos();
    private static final long SECOND = 1_000_000_000L;
    private static final int IDLE_MILLIS = 1000;
    private static final int BUSY_MILLIS = 100;
    private static final int ENTRY = 8;
    private static final short POLLIN = 1;
    private static final short POLLOUT = 4;
    private static final int ACCEPTED_AT_ONCE = 64;

    private final Wakeup wakeup = new Wakeup();
    private final Arena arena = Arena.ofShared();
    private final MemorySegment polled = arena.allocate((long) ENTRY * (StreamTable.MOST + 2), 8);
    private final StreamTable table;
    private final Consumer<StreamEnds> reopened;
    private final Consumer<Connection> readers;
    private final Thread thread =
            Thread.ofPlatform().daemon().name("sallyport-streams").unstarted(this::run);
    private volatile @Nullable TcpSocket listener;
    private volatile boolean closed;

    /**
     * @param reopened takes the names of streams that have another connection
     * @param readers takes connections that stand
     */
    Keeper(Consumer<StreamEnds> reopened, Consumer<Connection> readers) {
        this.reopened = reopened;
        this.readers = readers;
        this.table = new StreamTable(wakeup::signal, reopened);
    }

    StreamTable table() {
        return table;
    }

    void start() {
        thread.start();
    }

    /** Has connections accepted on a port, or no more. */
    synchronized void listen(boolean wanted, int port) {
        TcpSocket standing = listener;
        if (wanted && standing == null) {
            listener = TcpSocket.listen(port);
        } else if (!wanted && standing != null) {
            listener = null;
            standing.close();
        }
        wakeup.signal();
    }

    /** Opens a stream. */
    StreamEnds open(InetAddress local, InetSocketAddress remote) {
        TcpSocket socket = TcpSocket.connect(local, remote);
        StreamEnds ends = socket.ends(remote);
        if (table.add(socket.descriptor(), ends, null, /* ours= */ true) == null) {
            socket.close();
            throw new LinuxException("a further TCP connection", ErrnoNames.ENOBUFS);
        }
        wakeup.signal();
        return ends;
    }

    /** Opens a stream of this name, unless it is there. */
    void reopen(StreamEnds ends) {
        Stream stream = table.of(ends);
        if (stream.connection() == null && !stream.ours()) {
            stream.becomeOurs();
            stream.openAt(System.nanoTime());
            wakeup.signal();
        }
    }

    /** Has a stream end after a while. */
    void end(Stream stream, Duration after) {
        stream.endAt(System.nanoTime() + after.toNanos());
        wakeup.signal();
    }

    private void run() {
        while (!closed) {
            try {
                turn();
            } catch (RuntimeException e) {
                LOG.error("the connections of IKE and ESP in TCP were not looked after", e);
                java.util.concurrent.locks.LockSupport.parkNanos(SECOND);
            }
        }
    }

    private void turn() {
        List<Connection> awaited = table.connections().stream()
                .filter(c -> !c.broken() && (c.state() != Connection.State.OPEN || c.waiting()))
                .toList();
        await(awaited);
        accept();
        for (int i = 0; i < awaited.size(); i++) {
            if (ready(i + 2) != 0) {
                advance(awaited.get(i));
            }
        }
        long now = System.nanoTime();
        table.connections().forEach(each -> judge(each, now));
        table.streams().forEach(each -> look(each, now));
    }

    private void await(List<Connection> awaited) {
        entry(0, wakeup.descriptor(), POLLIN);
        TcpSocket listening = listener;
        entry(1, listening == null ? -1 : listening.descriptor(), POLLIN);
        for (int i = 0; i < awaited.size(); i++) {
            Connection each = awaited.get(i);
            entry(i + 2, each.descriptor(), each.state() == Connection.State.GREETING ? POLLIN : POLLOUT);
        }
        boolean opening = table.streams().stream().anyMatch(s -> s.openAt() != Stream.NEVER);
        SystemCalls.poll(polled, awaited.size() + 2L, opening ? BUSY_MILLIS : IDLE_MILLIS);
        if (ready(0) != 0) {
            wakeup.drain();
        }
    }

    private void entry(int index, int descriptor, short events0) {
        polled.set(JAVA_INT, (long) index * ENTRY, descriptor);
        polled.set(JAVA_SHORT, (long) index * ENTRY + 4, events0);
        polled.set(JAVA_SHORT, (long) index * ENTRY + 6, (short) 0);
    }

    private int ready(int index) {
        return polled.get(JAVA_SHORT, (long) index * ENTRY + 6);
    }

    private synchronized void accept() {
        TcpSocket listening = listener;
        if (listening == null || ready(1) == 0) {
            return;
        }
        for (int i = 0; i < ACCEPTED_AT_ONCE; i++) {
            int descriptor = listening.accept();
            if (descriptor < 0) {
                return;
            }
            admit(new TcpSocket(descriptor, listening.family()));
        }
    }

    private void admit(TcpSocket socket) {
        try {
            StreamEnds ends = socket.ends();
            if (!table.lets(ends.remote().getAddress())
                    || table.add(socket.descriptor(), ends, null, /* ours= */ false) == null) {
                socket.close();
            }
        } catch (LinuxException gone) {
            socket.close();
        }
    }

    private void advance(Connection connection) {
        switch (connection.state()) {
            case CONNECTING -> {
                int errno = TcpSocket.outcome(connection.descriptor());
                if (errno == 0) {
                    stands(connection);
                } else {
                    LOG.debug("no connection {}: {}", connection, ErrnoNames.describe(errno));
                    connection.breakOff();
                }
            }
            case GREETING -> {
                if (connection.greet()) {
                    stands(connection);
                }
            }
            case OPEN -> connection.flush();
            case CLOSED -> {}
        }
    }

    private void stands(Connection connection) {
        connection.opened();
        readers.accept(connection);
        if (connection.ours() && connection.stream().openedAgain()) {
            reopened.accept(connection.stream().name());
        }
    }

    private void judge(Connection connection, long now) {
        long age = now - connection.since();
        boolean late = connection.state() != Connection.State.OPEN
                ? age > BEGINNING
                : !connection.ours() && !connection.genuine() && age > UNPROVEN;
        if (late || connection.broken()) {
            lose(connection, now);
        }
    }

    private void lose(Connection connection, long now) {
        connection.breakOff();
        connection.close();
        Stream stream = connection.stream();
        boolean current = stream.connection() == connection;
        table.remove(connection);
        if (current && stream.ours() && !stream.ending()) {
            retry(stream, connection.heard() && now - connection.since() > STEADY, now);
        }
    }

    /** At once the first time, then after 1, 2, 4, 8 and 16 seconds: whoever answers and closes is not asked without end. */
    private static void retry(Stream stream, boolean stood, long now) {
        int failures = stream.failed(stood);
        long wait = failures == 0 ? 0 : Math.min(LONGEST_WAIT, SECOND << Math.min(failures - 1, 5));
        stream.openAt(now + wait);
    }

    private void look(Stream stream, long now) {
        if (stream.endAt() <= now) {
            Connection last = stream.connection();
            if (last != null) {
                last.breakOff();
            }
            table.remove(stream);
        } else if (stream.openAt() <= now) {
            stream.openAt(Stream.NEVER);
            openAgain(stream, now);
        }
    }

    private void openAgain(Stream stream, long now) {
        try {
            InetSocketAddress remote = stream.name().remote();
            TcpSocket socket = TcpSocket.connect(stream.name().local().getAddress(), remote);
            if (table.add(socket.descriptor(), socket.ends(remote), stream, /* ours= */ true) == null) {
                socket.close();
                retry(stream, /* stood= */ false, now);
            }
        } catch (LinuxException e) {
            LOG.debug("no connection to {}", stream.name().remote(), e);
            retry(stream, /* stood= */ false, now);
        }
    }

    @Override
    public void close() {
        closed = true;
        wakeup.signal();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        listen(false, 0);
        table.connections().forEach(Connection::close);
        wakeup.close();
        arena.close();
    }
}
