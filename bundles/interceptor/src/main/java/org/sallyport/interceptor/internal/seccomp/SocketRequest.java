package org.sallyport.interceptor.internal.seccomp;

import java.util.List;
import org.sallyport.linux.socket.RawAddress;

/** What a stopped call asks for, read from the caller once. */
sealed interface SocketRequest {
    /** Nothing of ours: no internet address is named, or the kernel will find the call wrong by itself. */
    record Other() implements SocketRequest {}

    /**
     * A connect.
     *
     * @param descriptor the socket's number in the caller
     */
    record Connect(int descriptor, RawAddress address) implements SocketRequest {}

    /**
     * Datagrams with addresses, or a TCP fast open.
     *
     * @param descriptor the socket's number in the caller
     * @param destinations at least one, each once
     * @param fastOpen whether TCP would connect by it (MSG_FASTOPEN)
     * @param doesNotWait whether this one call is not to block (MSG_DONTWAIT)
     */
    record Send(int descriptor, List<RawAddress> destinations, boolean fastOpen, boolean doesNotWait)
            implements SocketRequest {}
}
