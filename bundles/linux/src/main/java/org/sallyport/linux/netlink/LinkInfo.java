package org.sallyport.linux.netlink;

/**
 * A network device. Immutable.
 *
 * @param index the kernel's number, above 0
 * @param name its name
 * @param up whether it is up
 * @param mtu octets
 * @param kind the driver's kind ("tun", "veth"), empty when it tells none
 */
public record LinkInfo(int index, String name, boolean up, int mtu, String kind) {}
