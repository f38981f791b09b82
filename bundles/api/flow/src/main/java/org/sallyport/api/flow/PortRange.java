package org.sallyport.api.flow;

import java.util.Optional;

/**
 * An inclusive range of ports, or of ICMP type × 256 + code, or OPAQUE (RFC 7296 section 3.13.1). Immutable.
 *
 * @param first 0 to 65535
 * @param last 0 to 65535; below {@code first} only in {@link #OPAQUE}
 */
public record PortRange(int first, int last) {
    /** Every port, and OPAQUE as well. */
    public static final PortRange ANY = new PortRange(0, 65535);

    /** The port cannot be seen: a fragment that is not the first, or a protocol that has none. */
    public static final PortRange OPAQUE = new PortRange(65535, 0);

    public PortRange {
        boolean opaque = first == 65535 && last == 0;
        if (first < 0 || last > 65535 || (first > last && !opaque)) {
            throw new IllegalArgumentException(first + "-" + last + " is not a range within 0 to 65535");
        }
    }

    /** The range of one port. */
    public static PortRange of(int port) {
        return new PortRange(port, port);
    }

    /**
     * Tells whether the port lies within.
     *
     * @param port 0 to 65535, or {@link Flow#OPAQUE_PORT}
     */
    public boolean contains(int port) {
        if (port == Flow.OPAQUE_PORT) {
            return equals(ANY) || equals(OPAQUE);
        }
        return first <= port && port <= last;
    }

    /** Tells whether the other range lies within. */
    public boolean contains(PortRange other) {
        return equals(ANY) || equals(other) || (!other.equals(OPAQUE) && first <= other.first && other.last <= last);
    }

    /** Returns the common part, if there is one. */
    public Optional<PortRange> intersect(PortRange other) {
        if (contains(other)) {
            return Optional.of(other);
        }
        if (other.contains(this)) {
            return Optional.of(this);
        }
        int low = Math.max(first, other.first);
        int high = Math.min(last, other.last);
        return equals(OPAQUE) || other.equals(OPAQUE) || low > high
                ? Optional.empty()
                : Optional.of(new PortRange(low, high));
    }

    @Override
    public String toString() {
        if (equals(ANY)) {
            return "any";
        }
        if (equals(OPAQUE)) {
            return "opaque";
        }
        return first == last ? Integer.toString(first) : first + "-" + last;
    }
}
