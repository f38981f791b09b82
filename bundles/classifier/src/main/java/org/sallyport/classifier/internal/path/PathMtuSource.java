package org.sallyport.classifier.internal.path;

import java.net.InetSocketAddress;
import java.util.OptionalInt;

/** Who knows what paths take. */
public interface PathMtuSource extends AutoCloseable {
    /** Returns a path's MTU in octets; empty when there is no way, or nobody knows. */
    OptionalInt mtu(InetSocketAddress local, InetSocketAddress remote);

    @Override
    void close();
}
