package org.sallyport.classifier.internal.path;

import java.net.InetSocketAddress;
import java.util.OptionalInt;

/** Who knows what paths take. */
public interface PathMtuSource extends AutoCloseable {
    /**
     * Returns a path's MTU in octets; empty when there is no way, or nobody knows.
     *
     * @param local the port is 0 where nothing has ports, as that of the other side
     */
    OptionalInt mtu(InetSocketAddress local, InetSocketAddress remote);

    @Override
    void close();
}
