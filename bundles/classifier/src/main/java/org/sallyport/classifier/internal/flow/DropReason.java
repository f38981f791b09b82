package org.sallyport.classifier.internal.flow;

/** Why a packet was dropped outside any SA, or beside its SA's own counters. */
public enum DropReason {
    NO_SA("no SA"),
    PARKING_FULL("no room to wait for an SA"),
    POLICY_BYPASS("policy bypass (such packets do not belong here)"),
    POLICY_DISCARD("policy discard"),
    UNCOVERED("no policy entry covers it"),
    POLICY_INBOUND("policy does not expect it by its SA"),
    FRAGMENT("piece of a packet whose first piece is not known"),
    NO_POLICY("no policy in force"),
    MALFORMED_INNER("malformed packet from the host"),
    SEQUENCE_LIMIT("sequence limit reached"),
    TOO_LONG("too long for the path, and not to be fragmented"),
    SEND_REFUSED("refused by the kernel on sending"),
    UNKNOWN_SPI("unknown SPI"),
    EARLY("before its SA, which did not come in time"),
    EARLY_FULL("before its SA, with no room to wait for it"),
    MALFORMED_OUTER("malformed packet from outside"),
    INTEGRITY("integrity check failed"),
    REPLAY("replayed or too old"),
    INNER_NOT_IP("no IP packet inside"),
    SELECTORS("outside the SA's selectors"),
    DUMMY("dummy packet"),
    CONGESTION("marked by a congested router, and inside what heeds no marks (RFC 6040)"),
    TRANSPORT("not for transport mode: other hosts, options or extension headers"),
    INCOMPLETE("piece of a packet that did not come together for transport mode"),
    KEEP_ALIVE("NAT keep-alive"),
    DELIVERY_REFUSED("refused by the kernel on delivery"),
    HANDOVER_FULL("another worker is too busy"),
    INTERNAL("internal error");

    private final String words;

    DropReason(String words) {
        this.words = words;
    }

    /** Returns the reason in words. */
    public String words() {
        return words;
    }
}
