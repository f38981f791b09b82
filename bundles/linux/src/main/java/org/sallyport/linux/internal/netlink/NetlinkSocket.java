package org.sallyport.linux.internal.netlink;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sallyport.linux.ErrnoNames;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.internal.SystemCalls;

/**
 * A netlink socket of the network namespace of the thread that opened it. Requests are answered one at a time; the
 * kernel answers at once, so a lost answer is a fault and not a reason to wait.
 *
 * <p>Thread safe.
 */
public final class NetlinkSocket implements AutoCloseable {
    public static final int ROUTE = 0;
    public static final int NETFILTER = 12;

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUF = 8;
    private static final int SO_RCVTIMEO = 20;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_ADD_MEMBERSHIP = 1;
    private static final int NETLINK_CAP_ACK = 10;
    private static final int NETLINK_EXT_ACK = 11;
    private static final int NETLINK_GET_STRICT_CHK = 12;
    private static final int MSG_TRUNC = 0x20;
    private static final int MSG_DONTWAIT = 0x40;

    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int FLAG_MULTI = 2;
    private static final int FLAG_DUMP_INTERRUPTED = 0x10;
    private static final int FLAG_CAPPED = 0x100;
    private static final int FLAG_ACK_ATTRIBUTES = 0x200;
    private static final int ACK_MESSAGE = 1;

    private static final int RECEIVE_BYTES = 64 * 1024;
    private static final int ANSWER_SECONDS = 5;
    private static final int DUMP_ATTEMPTS = 5;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment receive = arena.allocate(RECEIVE_BYTES, 8);
    private final int descriptor;
    private int sequence;
    private boolean closed;

    private NetlinkSocket(int descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * Opens and binds a socket.
     *
     * @throws LinuxException when the kernel refuses the protocol
     */
    public static NetlinkSocket open(int protocol) {
        int descriptor = checked("netlink socket", SystemCalls.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, protocol));
        NetlinkSocket socket = new NetlinkSocket(descriptor);
        try {
            socket.configure();
            return socket;
        } catch (LinuxException e) {
            socket.close();
            throw e;
        }
    }

    private void configure() {
        try (Arena local = Arena.ofConfined()) {
            MemorySegment address = local.allocate(12, 4);
            address.set(JAVA_SHORT, 0, (short) AF_NETLINK);
            checked("bind netlink", SystemCalls.bind(descriptor, address, 12));
            MemorySegment time = local.allocate(16, 8);
            time.set(JAVA_INT, 0, ANSWER_SECONDS);
            checked("SO_RCVTIMEO", SystemCalls.setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, time, 16));
        }
        checked("NETLINK_CAP_ACK", SystemCalls.setsockopt(descriptor, SOL_NETLINK, NETLINK_CAP_ACK, 1));
        checked("NETLINK_EXT_ACK", SystemCalls.setsockopt(descriptor, SOL_NETLINK, NETLINK_EXT_ACK, 1));
        checked("NETLINK_GET_STRICT_CHK", SystemCalls.setsockopt(descriptor, SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1));
    }

    /** Joins a multicast group and makes room for its bursts. The socket is bound already: earlier it joins nothing. */
    public void join(int group) {
        checked("SO_RCVBUF", SystemCalls.setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, 1 << 20));
        checked(
                "join netlink group " + group,
                SystemCalls.setsockopt(descriptor, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group));
    }

    /** Returns the descriptor to poll. */
    int descriptor() {
        return descriptor;
    }

    /**
     * Sends a request that the kernel acknowledges.
     *
     * @throws LinuxException with the kernel's own words when it refuses
     */
    public synchronized void request(String what, MessageWriter writer) {
        int expected = send(what, writer);
        while (true) {
            for (ByteBuffer message : receive(what)) {
                if (isAnswer(message, expected) && type(message) == NLMSG_ERROR) {
                    throwIfError(what, message);
                    return;
                }
            }
        }
    }

    /**
     * Sends a question that has one answer.
     *
     * @throws LinuxException with the kernel's own words when it refuses
     */
    public synchronized ByteBuffer ask(String what, MessageWriter writer) {
        int expected = send(what, writer);
        while (true) {
            for (ByteBuffer message : receive(what)) {
                if (isAnswer(message, expected)) {
                    throwIfError(what, message);
                    return copy(message);
                }
            }
        }
    }

    /** Sends a question that has many answers; repeats it when what it lists changed meanwhile. */
    public synchronized List<ByteBuffer> dump(String what, MessageWriter writer) {
        for (int attempt = 0; attempt < DUMP_ATTEMPTS; attempt++) {
            Optional<List<ByteBuffer>> complete = dumpOnce(what, writer);
            if (complete.isPresent()) {
                return complete.get();
            }
        }
        throw new LinuxException(what, ErrnoNames.EINTR, "changed " + DUMP_ATTEMPTS + " times while it was listed");
    }

    private Optional<List<ByteBuffer>> dumpOnce(String what, MessageWriter writer) {
        int expected = send(what, writer);
        List<ByteBuffer> answers = new ArrayList<>();
        boolean interrupted = false;
        while (true) {
            for (ByteBuffer message : receive(what)) {
                if (!isAnswer(message, expected)) {
                    continue;
                }
                interrupted |= (flags(message) & FLAG_DUMP_INTERRUPTED) != 0;
                if (type(message) == NLMSG_DONE) {
                    return interrupted ? Optional.empty() : Optional.of(answers);
                }
                throwIfError(what, message);
                answers.add(copy(message));
                if ((flags(message) & FLAG_MULTI) == 0) {
                    return Optional.of(answers);
                }
            }
        }
    }

    /**
     * Takes the multicast messages that have arrived, without waiting.
     *
     * @return empty when messages were lost, so that the listener must look for itself
     */
    Optional<List<ByteBuffer>> takeArrived() {
        List<ByteBuffer> arrived = new ArrayList<>();
        while (true) {
            long length = SystemCalls.recv(descriptor, receive, RECEIVE_BYTES, MSG_DONTWAIT | MSG_TRUNC);
            if (length == -ErrnoNames.EAGAIN || length == -ErrnoNames.EINTR) {
                return Optional.of(arrived);
            }
            if (length == -ErrnoNames.ENOBUFS || length > RECEIVE_BYTES) {
                return Optional.empty();
            }
            checkedLong("netlink multicast", length);
            split(length).forEach(m -> arrived.add(copy(m)));
        }
    }

    private int send(String what, MessageWriter writer) {
        if (closed) {
            throw new IllegalStateException("the netlink socket is closed");
        }
        int used = ++sequence;
        byte[] message = writer.finish(used);
        try (Arena local = Arena.ofConfined()) {
            MemorySegment data = local.allocateFrom(JAVA_BYTE, message);
            checkedLong(what, SystemCalls.sendto(descriptor, data, message.length, 0, MemorySegment.NULL, 0));
        }
        return used;
    }

    private List<ByteBuffer> receive(String what) {
        long length;
        do {
            length = SystemCalls.recv(descriptor, receive, RECEIVE_BYTES, MSG_TRUNC);
        } while (length == -ErrnoNames.EINTR);
        if (length == -ErrnoNames.EAGAIN) {
            throw new LinuxException(what, ErrnoNames.ETIMEDOUT, "the kernel did not answer");
        }
        checkedLong(what, length);
        if (length > RECEIVE_BYTES) {
            throw new LinuxException(what, ErrnoNames.ENOBUFS);
        }
        return split(length);
    }

    private List<ByteBuffer> split(long length) {
        ByteBuffer all = receive.asSlice(0, length).asByteBuffer().order(ByteOrder.nativeOrder());
        List<ByteBuffer> messages = new ArrayList<>();
        int at = 0;
        while (at + MessageWriter.HEADER <= length) {
            int size = all.getInt(at);
            if (size < MessageWriter.HEADER || at + size > length) {
                break;
            }
            messages.add(all.slice(at, size).order(ByteOrder.nativeOrder()));
            at += (size + 3) & ~3;
        }
        return messages;
    }

    private static ByteBuffer copy(ByteBuffer message) {
        byte[] bytes = new byte[message.limit()];
        message.get(0, bytes);
        return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    }

    private static boolean isAnswer(ByteBuffer message, int expected) {
        return message.getInt(8) == expected;
    }

    /** Returns a message's type. */
    public static int type(ByteBuffer message) {
        return Short.toUnsignedInt(message.getShort(4));
    }

    private static int flags(ByteBuffer message) {
        return Short.toUnsignedInt(message.getShort(6));
    }

    private static void throwIfError(String what, ByteBuffer message) {
        if (type(message) != NLMSG_ERROR) {
            return;
        }
        int errno = -message.getInt(16);
        if (errno != 0) {
            throw kernelWords(message)
                    .map(words -> new LinuxException(what, errno, ErrnoNames.describe(errno) + " (" + words + ")"))
                    .orElseGet(() -> new LinuxException(what, errno));
        }
    }

    private static Optional<String> kernelWords(ByteBuffer message) {
        int flags = flags(message);
        if ((flags & FLAG_ACK_ATTRIBUTES) == 0) {
            return Optional.empty();
        }
        int request = (flags & FLAG_CAPPED) != 0 ? MessageWriter.HEADER : message.getInt(20);
        return Attributes.read(message, 20 + ((request + 3) & ~3)).text(ACK_MESSAGE);
    }

    private static int checked(String what, int result) {
        if (result < 0) {
            throw new LinuxException(what, -result);
        }
        return result;
    }

    private static void checkedLong(String what, long result) {
        if (result < 0) {
            throw new LinuxException(what, (int) -result);
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            SystemCalls.close(descriptor);
            arena.close();
        }
    }
}
