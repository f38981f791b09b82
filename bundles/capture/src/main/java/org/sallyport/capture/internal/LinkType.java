package org.sallyport.capture.internal;

import java.util.Optional;

/** How the frames of an interface begin (the link-layer header types of libpcap that an appliance meets). */
enum LinkType {
    ETHERNET(1, 14),
    RAW_IP(12, 0),
    RAW_IP_FILE(101, 0),
    COOKED(113, 16);

    private final int number;
    private final int headerLength;

    LinkType(int number, int headerLength) {
        this.number = number;
        this.headerLength = headerLength;
    }

    static Optional<LinkType> of(int number) {
        for (LinkType type : values()) {
            if (type.number == number) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /** Returns where the IP header begins. */
    int headerLength() {
        return headerLength;
    }
}
