package org.sallyport.linux.poll;

import java.util.Locale;

/** struct epoll_event: packed on x86_64 alone, with the data naturally aligned everywhere else. */
record EpollLayout(int size, int dataOffset) {
    static final EpollLayout PACKED = new EpollLayout(12, 4);
    static final EpollLayout ALIGNED = new EpollLayout(16, 8);

    static EpollLayout ofThisMachine() {
        return ofArchitecture(System.getProperty("os.arch", ""));
    }

    static EpollLayout ofArchitecture(String architecture) {
        return switch (architecture.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> PACKED;
            default -> ALIGNED;
        };
    }
}
