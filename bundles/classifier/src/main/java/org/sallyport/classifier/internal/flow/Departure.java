package org.sallyport.classifier.internal.flow;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.sallyport.linux.raw.RawProtocol;
import org.sallyport.linux.udp.SendBatch;
import org.sallyport.linux.udp.UdpDestination;

/**
 * Where an SA's packets go. Immutable; made once for a path.
 *
 * @param batch of the socket that they leave by
 * @param destination to whom
 */
public record Departure(SendBatch batch, UdpDestination destination) {
    /** What a worker's packets may leave by. */
    public interface Board {
        /**
         * Finds the socket for a path.
         *
         * @param raw which protocol goes by itself; null for ESP in UDP
         * @return null when no such socket is open
         */
        @Nullable
        Departure find(@Nullable RawProtocol raw, InetSocketAddress local, InetSocketAddress remote);

        /**
         * Finds the stream of ESP in TCP (RFC 9329) that has these ends.
         *
         * @return null when streams are not carried
         */
        default @Nullable Departure findStream(InetSocketAddress local, InetSocketAddress remote) {
            return null;
        }
    }
}
