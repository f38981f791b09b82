package org.sallyport.linux.tun.internal;

import java.lang.foreign.Arena;
import org.sallyport.linux.internal.Outcome;
import org.sallyport.linux.internal.SystemCalls;

/** What ioctl can ask and set of an interface. */
final class Interfaces {
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final long SIOCGIFFLAGS = 0x8913;
    private static final long SIOCSIFFLAGS = 0x8914;
    private static final long SIOCSIFMTU = 0x8922;
    private static final long SIOCGIFINDEX = 0x8933;
    private static final long SIOCSIFTXQLEN = 0x8943;
    private static final int IFF_UP = 1;

    private Interfaces() {}

    /** Returns the interface's index, or the negated errno. */
    static int index(String name) {
        return withSocket(socket -> {
            try (Arena arena = Arena.ofConfined()) {
                InterfaceRequest request = new InterfaceRequest(arena, name);
                int result = request.send(socket, SIOCGIFINDEX);
                return result < 0 ? result : request.intValue();
            }
        });
    }

    static void configure(String name, int mtu, int queueLength) {
        int done = withSocket(socket -> {
            try (Arena arena = Arena.ofConfined()) {
                set(socket, new InterfaceRequest(arena, name).withInt(mtu), SIOCSIFMTU, "MTU of " + name);
                set(
                        socket,
                        new InterfaceRequest(arena, name).withInt(queueLength),
                        SIOCSIFTXQLEN,
                        "queue length of " + name);
                InterfaceRequest flags = new InterfaceRequest(arena, name);
                set(socket, flags, SIOCGIFFLAGS, "flags of " + name);
                set(socket, flags.withShort(flags.shortValue() | IFF_UP), SIOCSIFFLAGS, "bringing " + name + " up");
                return 0;
            }
        });
        assert done == 0;
    }

    private static void set(int socket, InterfaceRequest request, long code, String what) {
        Outcome.check(what, request.send(socket, code));
    }

    private interface Use {
        int of(int socket);
    }

    private static int withSocket(Use use) {
        int socket = Outcome.check("opening a socket", SystemCalls.socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0));
        try {
            return use.of(socket);
        } finally {
            SystemCalls.close(socket);
        }
    }
}
