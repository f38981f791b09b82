package org.sallyport.classifier.internal.worker;

import org.sallyport.classifier.internal.packet.InnerPacket;

/** Takes packets that a protect policy covers while no SA stands for them. Called on the egress thread. */
interface Parking {
    /** Takes no packet: each one is dropped. */
    Parking NONE = (header, ip, packet) -> false;

    /**
     * Takes a packet, or leaves it to be dropped. The memory belongs to the caller again afterwards.
     *
     * @param header address of the virtio header
     * @param ip address of the IP header
     */
    boolean park(long header, long ip, InnerPacket packet);
}
