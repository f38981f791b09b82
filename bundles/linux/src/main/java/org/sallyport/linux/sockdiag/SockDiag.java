package org.sallyport.linux.sockdiag;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.sallyport.linux.ErrnoNames.EPROTONOSUPPORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.LongConsumer;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.MissingFeatureException;
import org.sallyport.linux.internal.SystemCalls;
import org.sallyport.linux.process.Descriptor;

/** The shape of NETLINK_SOCK_DIAG's messages: sock_diag(7), linux/inet_diag.h. */
final class SockDiag {
    static final int HEADER_BYTES = 16;
    static final int TYPE_ERROR = 2;
    static final int TYPE_DONE = 3;
    static final int TYPE_BY_FAMILY = 20;

    private static final int FAMILY_NETLINK = 16;
    private static final int RAW_CLOSE_ON_EXEC = 3 | 0x80000;
    private static final int PROTOCOL_SOCK_DIAG = 4;
    private static final int COOKIE_OFFSET = HEADER_BYTES + 44;

    private SockDiag() {}

    static Descriptor open() {
        int created = SystemCalls.socket(FAMILY_NETLINK, RAW_CLOSE_ON_EXEC, PROTOCOL_SOCK_DIAG);
        if (created == -EPROTONOSUPPORT) {
            throw new MissingFeatureException(
                    "sock_diag",
                    "an SA is not known to be unused when its last socket closes",
                    "a kernel with CONFIG_INET_DIAG and CONFIG_INET_UDP_DIAG brings it",
                    EPROTONOSUPPORT);
        }
        if (created < 0) {
            throw new LinuxException("sock_diag socket", -created);
        }
        return new Descriptor(created);
    }

    static int bind(Descriptor socket) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(12, 4);
            address.set(JAVA_SHORT, 0, (short) FAMILY_NETLINK);
            return SystemCalls.bind(socket.number(), address, 12);
        }
    }

    /**
     * Walks the messages of one datagram.
     *
     * @return the type of the message that ended a dump, 0 when none did
     */
    static int forEachSocket(MemorySegment buffer, long length, LongConsumer cookies) {
        long offset = 0;
        while (offset + HEADER_BYTES <= length) {
            int size = buffer.get(JAVA_INT, offset);
            if (size < HEADER_BYTES || offset + size > length) {
                break;
            }
            int type = Short.toUnsignedInt(buffer.get(JAVA_SHORT, offset + 4));
            if (type == TYPE_DONE || type == TYPE_ERROR) {
                return type;
            }
            if (type == TYPE_BY_FAMILY && size >= COOKIE_OFFSET + Long.BYTES) {
                cookies.accept(cookie(buffer, offset));
            }
            offset += size + 3 & ~3;
        }
        return 0;
    }

    /** Returns the cookie of the socket that the message at an offset is about. */
    static long cookie(MemorySegment buffer, long offset) {
        return Integer.toUnsignedLong(buffer.get(JAVA_INT, offset + COOKIE_OFFSET))
                | (long) buffer.get(JAVA_INT, offset + COOKIE_OFFSET + Integer.BYTES) << Integer.SIZE;
    }
}
