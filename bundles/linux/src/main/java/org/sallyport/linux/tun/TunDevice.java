package org.sallyport.linux.tun;

/**
 * A TUN device that stands. Immutable.
 *
 * @param name interface name
 * @param index interface index, 1 and up
 * @param mtu MTU of inner packets in octets
 * @param udpSegmentation whether the kernel hands over UDP super-packets too (USO, Linux 6.2)
 */
public record TunDevice(String name, int index, int mtu, boolean udpSegmentation) {}
