package org.sallyport.linux.netlink;

import java.net.InetAddress;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A route. Immutable; made by {@link #builder}. Equal when everything that the kernel keeps of it is equal. */
public final class Route {
    private final Prefix destination;
    private final int table;
    private final RouteType type;
    private final int protocol;
    private final int metric;
    private final int linkIndex;
    private final @Nullable InetAddress gateway;
    private final @Nullable InetAddress source;

    private Route(Builder builder) {
        destination = builder.destination;
        table = builder.table;
        type = builder.type;
        protocol = builder.protocol;
        metric = builder.metric;
        linkIndex = builder.linkIndex;
        gateway = builder.gateway;
        source = builder.source;
    }

    /** Starts a unicast route in the main table. */
    public static Builder builder(Prefix destination) {
        return new Builder(destination);
    }

    public Prefix destination() {
        return destination;
    }

    /** Returns the routing table, 254 is main. */
    public int table() {
        return table;
    }

    public RouteType type() {
        return type;
    }

    /** Returns who made it (rtm_protocol), 3 is boot. */
    public int protocol() {
        return protocol;
    }

    /** Returns the metric, lower is preferred; unsigned. */
    public int metric() {
        return metric;
    }

    /** Returns the link's number, 0 when it has none. */
    public int linkIndex() {
        return linkIndex;
    }

    public Optional<InetAddress> gateway() {
        return Optional.ofNullable(gateway);
    }

    /** Returns the preferred source address of unbound sockets. */
    public Optional<InetAddress> source() {
        return Optional.ofNullable(source);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Route r
                && destination.equals(r.destination)
                && table == r.table
                && type == r.type
                && protocol == r.protocol
                && metric == r.metric
                && linkIndex == r.linkIndex
                && Objects.equals(gateway, r.gateway)
                && Objects.equals(source, r.source);
    }

    @Override
    public int hashCode() {
        return Objects.hash(destination, table, type, protocol, metric, linkIndex, gateway, source);
    }

    @Override
    public String toString() {
        return (type == RouteType.UNICAST ? "" : type.name().toLowerCase(java.util.Locale.ROOT) + " ")
                + destination
                + (gateway == null ? "" : " via " + gateway.getHostAddress())
                + (linkIndex == 0 ? "" : " link " + linkIndex)
                + (source == null ? "" : " src " + source.getHostAddress())
                + " table " + Integer.toUnsignedString(table)
                + " metric " + Integer.toUnsignedString(metric);
    }

    /** Collects a route. Not thread safe. */
    public static final class Builder {
        private final Prefix destination;
        private int table = 254;
        private RouteType type = RouteType.UNICAST;
        private int protocol = 3;
        private int metric;
        private int linkIndex;
        private @Nullable InetAddress gateway;
        private @Nullable InetAddress source;

        private Builder(Prefix destination) {
            this.destination = destination;
        }

        public Builder table(int value) {
            table = value;
            return this;
        }

        public Builder type(RouteType value) {
            type = value;
            return this;
        }

        public Builder protocol(int value) {
            protocol = value;
            return this;
        }

        public Builder metric(int value) {
            metric = value;
            return this;
        }

        public Builder linkIndex(int value) {
            linkIndex = value;
            return this;
        }

        public Builder gateway(@Nullable InetAddress value) {
            gateway = value;
            return this;
        }

        public Builder source(@Nullable InetAddress value) {
            source = value;
            return this;
        }

        public Route build() {
            return new Route(this);
        }
    }
}
