package org.sallyport.linux.sockdiag;

import java.net.InetAddress;

/**
 * An established TCP connection of this host. Immutable.
 *
 * @param local its own address; an IPv4-mapped one is given as IPv4
 * @param localPort 1 to 65535
 * @param remote address of the other side
 * @param remotePort 1 to 65535
 * @param userId whose socket it is
 * @param cookie the kernel's name of the socket
 */
public record EstablishedSocket(
        InetAddress local, int localPort, InetAddress remote, int remotePort, int userId, long cookie) {}
