package org.sallyport.linux.netlink;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.sallyport.linux.internal.netlink.Attributes;
import org.sallyport.linux.internal.netlink.MessageWriter;
import org.sallyport.linux.internal.netlink.MulticastReader;
import org.sallyport.linux.internal.netlink.NetlinkSocket;
import org.sallyport.linux.netlink.RoutingChange.Topic;

/**
 * Tells of changes to links, addresses, routes and rules of the network namespace of the thread that opened it, on a
 * thread of its own. Never close it from its listener.
 */
public final class RoutingMonitor implements AutoCloseable {
    private static final int RTA_TABLE = 15;

    private final MulticastReader reader;

    private RoutingMonitor(MulticastReader reader) {
        this.reader = reader;
    }

    /**
     * Starts to listen; changes after the return are told.
     *
     * @param listener called with what arrived together, one call at a time
     */
    public static RoutingMonitor open(Set<Topic> topics, Consumer<List<RoutingChange>> listener) {
        NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.ROUTE);
        topics.forEach(topic -> groups(topic).forEach(socket::join));
        return new RoutingMonitor(
                new MulticastReader("sallyport-routing-monitor", socket, messages -> listener.accept(read(messages))));
    }

    @Override
    public void close() {
        reader.close();
    }

    private static List<Integer> groups(Topic topic) {
        return switch (topic) {
            case LINK -> List.of(1);
            case ADDRESS -> List.of(5, 9);
            case ROUTE -> List.of(7, 11);
            case RULE -> List.of(8, 19);
            case LOST -> List.of();
        };
    }

    private static List<RoutingChange> read(Optional<List<ByteBuffer>> messages) {
        if (messages.isEmpty()) {
            return List.of(new RoutingChange(Topic.LOST, false, 0, 0));
        }
        List<RoutingChange> changes = new ArrayList<>();
        for (ByteBuffer message : messages.get()) {
            read(message).ifPresent(changes::add);
        }
        return changes;
    }

    private static Optional<RoutingChange> read(ByteBuffer message) {
        int type = NetlinkSocket.type(message);
        return switch (type) {
            case Messages.NEW_LINK, Messages.DELETE_LINK ->
                Optional.of(change(Topic.LINK, type == Messages.DELETE_LINK, 0, linkIndex(message)));
            case Messages.NEW_ADDRESS, Messages.DELETE_ADDRESS ->
                Optional.of(change(Topic.ADDRESS, type == Messages.DELETE_ADDRESS, 0, linkIndex(message)));
            case Messages.NEW_ROUTE, Messages.DELETE_ROUTE ->
                Optional.of(change(Topic.ROUTE, type == Messages.DELETE_ROUTE, table(message), 0));
            case Messages.NEW_RULE, Messages.DELETE_RULE ->
                Optional.of(change(Topic.RULE, type == Messages.DELETE_RULE, table(message), 0));
            default -> Optional.empty();
        };
    }

    private static RoutingChange change(Topic topic, boolean removed, int table, int linkIndex) {
        return new RoutingChange(topic, removed, table, linkIndex);
    }

    private static int linkIndex(ByteBuffer message) {
        return message.getInt(MessageWriter.HEADER + 4);
    }

    private static int table(ByteBuffer message) {
        int small = message.get(MessageWriter.HEADER + 4) & 0xff;
        return Attributes.read(message, MessageWriter.HEADER + 12)
                .word(RTA_TABLE)
                .orElse(small);
    }
}
