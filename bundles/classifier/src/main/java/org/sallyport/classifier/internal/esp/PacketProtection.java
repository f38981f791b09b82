package org.sallyport.classifier.internal.esp;

/** The algorithms and keys of one direction of one SA, of ESP or AH. Belongs to the worker that owns the SA. */
public interface PacketProtection {
    /**
     * Returns how many octets can be protected, a trailer apart, so that the packet is not cut outside.
     *
     * @param path the path's MTU
     * @param outerIpv4 whether the path is IPv4's
     * @param udp whether it goes in UDP (RFC 3948)
     */
    int room(int path, boolean outerIpv4, boolean udp);

    /** Overwrites the keys; nothing can be protected or verified any more. */
    void wipe();
}
