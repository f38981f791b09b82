package org.sallyport.linux.udp;

/**
 * A peer's address and our own, as the kernel takes them. Immutable; made by {@link PacketSocket#destination}. Two
 * destinations are the same when they are the same object.
 */
public interface UdpDestination {}
