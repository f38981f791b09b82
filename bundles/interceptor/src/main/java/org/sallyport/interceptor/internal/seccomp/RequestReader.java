package org.sallyport.interceptor.internal.seccomp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.process.ProcessMemory;
import org.sallyport.linux.seccomp.Architecture;
import org.sallyport.linux.seccomp.Notification;
import org.sallyport.linux.seccomp.SocketCall;
import org.sallyport.linux.socket.RawAddress;

/**
 * Reads what a stopped call means out of its caller's memory. The caller may change it meanwhile, or be gone and another
 * process have its number: whoever uses the answer checks afterwards that the call still waits. Thread safe.
 */
final class RequestReader {
    private static final SocketRequest OTHER = new SocketRequest.Other();
    private static final int MSG_FASTOPEN = 0x20000000;
    private static final int MSG_DONTWAIT = 0x40;

    /** struct msghdr on 64-bit machines: the address first, its length behind it. */
    private static final int HEADER_BYTES = 56;

    private static final int NAME_LENGTH_OFFSET = 8;
    private static final int MULTIPLE_HEADER_BYTES = 64;
    /** UIO_MAXIOV: the kernel takes no more in one sendmmsg. */
    private static final int MAXIMUM_HEADERS = 1024;

    private final Architecture architecture;

    RequestReader(Architecture architecture) {
        this.architecture = architecture;
    }

    SocketRequest read(Notification call) {
        Optional<SocketCall> kind = architecture.socketCall(call.number());
        if (kind.isEmpty() || call.architecture() != architecture.auditValue()) {
            return OTHER;
        }
        try {
            return switch (kind.get()) {
                case CONNECT -> connect(call);
                case SENDTO -> sendto(call);
                case SENDMSG -> sendmsg(call);
                case SENDMMSG -> sendmmsg(call);
            };
        } catch (LinuxException unreadable) {
            // The kernel will say EFAULT itself, or the caller is gone.
            return OTHER;
        }
    }

    private static SocketRequest connect(Notification call) {
        return address(call.tid(), call.second(), (int) call.third())
                .filter(RawAddress::isInternet)
                .<SocketRequest>map(address -> new SocketRequest.Connect((int) call.first(), address))
                .orElse(OTHER);
    }

    private static SocketRequest sendto(Notification call) {
        List<RawAddress> destinations =
                address(call.tid(), call.fifth(), (int) call.sixth()).filter(RawAddress::isDatagramDestination).stream()
                        .toList();
        return send(call, destinations, (int) call.fourth());
    }

    private static SocketRequest sendmsg(Notification call) {
        return send(call, destinations(call.tid(), call.second(), 1, HEADER_BYTES), (int) call.third());
    }

    private static SocketRequest sendmmsg(Notification call) {
        int count = Math.clamp(Integer.toUnsignedLong((int) call.third()), 0, MAXIMUM_HEADERS);
        return count == 0
                ? OTHER
                : send(call, destinations(call.tid(), call.second(), count, MULTIPLE_HEADER_BYTES), (int)
                        call.fourth());
    }

    private static SocketRequest send(Notification call, List<RawAddress> destinations, int flags) {
        return destinations.isEmpty()
                ? OTHER
                : new SocketRequest.Send(
                        (int) call.first(), destinations, (flags & MSG_FASTOPEN) != 0, (flags & MSG_DONTWAIT) != 0);
    }

    private static List<RawAddress> destinations(int tid, long pointer, int count, int stride) {
        Set<RawAddress> destinations = new LinkedHashSet<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment headers = arena.allocate((long) (count - 1) * stride + HEADER_BYTES, 8);
            ProcessMemory.read(tid, pointer, headers);
            for (int i = 0; i < count; i++) {
                long at = (long) i * stride;
                address(tid, headers.get(JAVA_LONG, at), headers.get(JAVA_INT, at + NAME_LENGTH_OFFSET))
                        .filter(RawAddress::isDatagramDestination)
                        .ifPresent(destinations::add);
            }
        }
        return List.copyOf(destinations);
    }

    private static Optional<RawAddress> address(int tid, long pointer, int length) {
        if (pointer == 0 || length < Short.BYTES || length > RawAddress.MAXIMUM_LENGTH) {
            return Optional.empty();
        }
        return Optional.of(RawAddress.of(ProcessMemory.read(tid, pointer, length)));
    }
}
