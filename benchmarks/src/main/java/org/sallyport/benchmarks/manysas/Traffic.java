package org.sallyport.benchmarks.manysas;

/** In what pieces datagrams are given to the kernel, to one address after the other. */
enum Traffic {
    /** Forty datagrams at once for each address, which leave as one super-packet (UDP_SEGMENT). */
    BURSTS(40),
    /** One datagram for each address: nothing can be put together that belongs to one flow. */
    SINGLES(1);

    /** Octets of each datagram: as long as fits the tunnel. */
    static final int OCTETS = 1352;

    private final int segments;

    Traffic(int segments) {
        this.segments = segments;
    }

    /** Returns how many datagrams go to an address at once. */
    int segments() {
        return segments;
    }

    /** Returns how many may be on their way: what queues hold without loss. */
    int window() {
        return 10 * Math.max(segments, 40);
    }

    /** Returns the name in results. */
    String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
