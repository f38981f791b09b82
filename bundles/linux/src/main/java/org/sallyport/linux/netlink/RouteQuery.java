package org.sallyport.linux.netlink;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** A question to the routing: where would this packet go? Immutable; made by {@link #to}. */
public final class RouteQuery {
    private final InetAddress destination;
    private final @Nullable InetAddress source;
    private final int mark;
    private final int ipProtocol;
    private final int sourcePort;
    private final int destinationPort;
    private final int linkIndex;

    private RouteQuery(Builder builder) {
        destination = builder.destination;
        source = builder.source;
        mark = builder.mark;
        ipProtocol = builder.ipProtocol;
        sourcePort = builder.sourcePort;
        destinationPort = builder.destinationPort;
        linkIndex = builder.linkIndex;
    }

    /** Starts a question about a packet of this host's own that no socket has bound. */
    public static Builder to(InetAddress destination) {
        return new Builder(destination);
    }

    InetAddress destination() {
        return destination;
    }

    @Nullable
    InetAddress source() {
        return source;
    }

    int mark() {
        return mark;
    }

    int ipProtocol() {
        return ipProtocol;
    }

    int sourcePort() {
        return sourcePort;
    }

    int destinationPort() {
        return destinationPort;
    }

    int linkIndex() {
        return linkIndex;
    }

    /** Collects a question. Not thread safe. */
    public static final class Builder {
        private final InetAddress destination;
        private @Nullable InetAddress source;
        private int mark;
        private int ipProtocol;
        private int sourcePort;
        private int destinationPort;
        private int linkIndex;

        private Builder(InetAddress destination) {
            this.destination = destination;
        }

        /** The address that the socket is bound to. */
        public Builder source(@Nullable InetAddress value) {
            source = value;
            return this;
        }

        /** The socket's SO_MARK. */
        public Builder mark(int value) {
            mark = value;
            return this;
        }

        /** TCP, UDP or ICMP (the kernel knows no others here); with ports of 0 for those not known. */
        public Builder transport(int protocol, int localPort, int remotePort) {
            ipProtocol = protocol;
            sourcePort = localPort;
            destinationPort = remotePort;
            return this;
        }

        /** The interface that the socket is bound to. */
        public Builder linkIndex(int value) {
            linkIndex = value;
            return this;
        }

        public RouteQuery build() {
            return new RouteQuery(this);
        }
    }
}
