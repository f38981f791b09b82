package org.sallyport.api.policy;

/** What the sender of a parked packet gets when no SA comes to stand for it. */
public enum PacketRefusal {
    /** Nothing: the packet is gone. */
    SILENCE,
    /** An ICMP or ICMPv6 destination unreachable, administratively prohibited (RFC 1812 section 5.2.7.1, RFC 4443 section 3.1). */
    UNREACHABLE,
    /** A TCP reset (RFC 9293 section 3.10.7.1); for anything else what {@link #UNREACHABLE} sends. */
    RESET
}
