package org.sallyport.linux.socket;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.internal.SystemCalls;
import org.sallyport.linux.process.Descriptor;

/**
 * What one read of a Unix socket brought: octets, and descriptors that came with them (SCM_RIGHTS, unix(7)). Closing closes
 * the descriptors that nobody took over.
 *
 * @param bytes read-only, none at the end of the stream
 * @param descriptors in the order in which they were sent
 */
public record ReceivedMessage(ByteBuffer bytes, List<Descriptor> descriptors) implements AutoCloseable {
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_CTRUNC = 0x8;
    private static final int E2BIG = 7;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;

    /** struct msghdr on 64-bit machines. */
    private static final int MESSAGE_HEADER = 56;

    private static final int VECTOR = 16;
    private static final int VECTOR_COUNT = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;
    private static final int FLAGS = 48;
    /** struct cmsghdr on 64-bit machines: its length of 8 octets, level and type. */
    private static final int CONTROL_HEADER = 16;

    /**
     * Reads what is there, at least one octet.
     *
     * @throws LinuxException EAGAIN when the timeout passed; when more descriptors came than are allowed, all of which are closed then
     */
    static ReceivedMessage from(int socket, int limit, int maximumDescriptors) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(limit, 8);
            MemorySegment control = arena.allocate(CONTROL_HEADER + 8L * ((maximumDescriptors + 1) / 2), 8);
            MemorySegment vector = arena.allocate(16, 8);
            vector.set(ADDRESS, 0, data);
            vector.set(JAVA_LONG, 8, limit);
            MemorySegment header = arena.allocate(MESSAGE_HEADER, 8);
            header.set(ADDRESS, VECTOR, vector);
            header.set(JAVA_LONG, VECTOR_COUNT, 1);
            header.set(ADDRESS, CONTROL, control);
            header.set(JAVA_LONG, CONTROL_LENGTH, control.byteSize());
            long read = SystemCalls.recvmsg(socket, header, MSG_CMSG_CLOEXEC);
            if (read < 0) {
                throw new LinuxException("read of a Unix socket", (int) -read);
            }
            List<Descriptor> descriptors = descriptors(control.asSlice(0, header.get(JAVA_LONG, CONTROL_LENGTH)));
            ReceivedMessage message = new ReceivedMessage(
                    ByteBuffer.wrap(data.asSlice(0, read).toArray(JAVA_BYTE)).asReadOnlyBuffer(), descriptors);
            if ((header.get(JAVA_INT, FLAGS) & MSG_CTRUNC) != 0 || descriptors.size() > maximumDescriptors) {
                message.close();
                throw new LinuxException(
                        "read of a Unix socket",
                        E2BIG,
                        "more than " + maximumDescriptors + " descriptors came with it");
            }
            return message;
        }
    }

    /** One control message: nothing else was asked for. */
    private static List<Descriptor> descriptors(MemorySegment control) {
        List<Descriptor> received = new ArrayList<>();
        if (control.byteSize() >= CONTROL_HEADER
                && control.get(JAVA_INT, 8) == SOL_SOCKET
                && control.get(JAVA_INT, 12) == SCM_RIGHTS) {
            long end = Math.min(control.byteSize(), control.get(JAVA_LONG, 0));
            for (long at = CONTROL_HEADER; at + 4 <= end; at += 4) {
                received.add(new Descriptor(control.get(JAVA_INT, at)));
            }
        }
        return List.copyOf(received);
    }

    @Override
    public void close() {
        descriptors.forEach(Descriptor::close);
    }
}
