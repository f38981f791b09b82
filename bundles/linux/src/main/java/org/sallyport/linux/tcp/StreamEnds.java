package org.sallyport.linux.tcp;

import java.net.InetSocketAddress;

/**
 * Names a stream: the addresses and ports of its first connection. It keeps the name when another connection takes that
 * one's place. Immutable.
 *
 * @param local our address and port
 * @param remote the peer's address and port
 */
public record StreamEnds(InetSocketAddress local, InetSocketAddress remote) {}
