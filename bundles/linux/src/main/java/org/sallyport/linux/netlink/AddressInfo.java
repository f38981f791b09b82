package org.sallyport.linux.netlink;

import java.net.InetAddress;

/**
 * An address of a link. Immutable.
 *
 * @param linkIndex the link's number
 * @param address the address
 * @param prefixLength length of its network
 */
public record AddressInfo(int linkIndex, InetAddress address, int prefixLength) {}
