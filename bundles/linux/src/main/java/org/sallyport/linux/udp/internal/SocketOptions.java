package org.sallyport.linux.udp.internal;

import org.sallyport.linux.LinuxException;
import org.sallyport.linux.internal.Outcome;
import org.sallyport.linux.internal.SystemCalls;
import org.sallyport.linux.udp.ApplianceMark;

/**
 * Options that the appliance's sockets are opened with.
 *
 * @param descriptor of the socket
 */
public record SocketOptions(int descriptor) {
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SO_SNDBUF = 7;
    private static final int SO_RCVBUF = 8;
    private static final int SO_MARK = 36;

    /** Marks what it sends as the appliance's own. */
    public void mark() {
        int result = SystemCalls.setsockopt(descriptor, SOL_SOCKET, SO_MARK, ApplianceMark.VALUE);
        if (result < 0) {
            throw new LinuxException(
                    "marking the appliance's own packets (SO_MARK)",
                    -result,
                    "without the mark they would be held or dropped like anybody's; give the process CAP_NET_ADMIN");
        }
    }

    /** Sets the size of its kernel buffers, each. */
    public void buffers(int octets) {
        buffer(SO_RCVBUFFORCE, SO_RCVBUF, octets);
        buffer(SO_SNDBUFFORCE, SO_SNDBUF, octets);
    }

    private void buffer(int forced, int ordinary, int octets) {
        if (SystemCalls.setsockopt(descriptor, SOL_SOCKET, forced, octets) < 0) {
            require("setting the socket's buffer", SOL_SOCKET, ordinary, octets);
        }
    }

    /** Sets an option that it cannot do without. */
    public void require(String what, int level, int option, int value) {
        Outcome.check(what, SystemCalls.setsockopt(descriptor, level, option, value));
    }
}
