package org.sallyport.itests;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.peer.Conversation;
import org.sallyport.lab.peer.NumberedTraffic;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.topology.LabNetwork;

/** A tunnel of the host in use: numbered datagrams both ways and a TCP connection that is left open. */
final class Tunnel {
    static final int DATAGRAM_PORT = 9000;

    private static final int CONVERSATION_PORT = 9001;
    private static final Duration INTERVAL = Duration.ofMillis(5);
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration UNDER_WAY = Duration.ofMillis(800);

    private final String connection;
    private final NumberedTraffic out;
    private final NumberedTraffic back;
    private final Conversation conversation;

    /** How far the traffic was at one moment. */
    record Mark(long out, long back) {}

    private Tunnel(String connection, NumberedTraffic out, NumberedTraffic back, Conversation conversation) {
        this.connection = connection;
        this.out = out;
        this.back = back;
        this.conversation = conversation;
    }

    /** Begins to use the connection of this name, which leads to the address in the namespace. */
    static Tunnel use(Lab lab, String connection, Namespace there, String address) {
        Namespace host = lab.network().host();
        Conversation conversation =
                lab.kept(Conversation.open(host, LabNetwork.HOST_INNER, there, address, CONVERSATION_PORT, SOON));
        NumberedTraffic out =
                lab.kept(NumberedTraffic.start(host, LabNetwork.HOST_INNER, there, address, DATAGRAM_PORT, INTERVAL));
        NumberedTraffic back = lab.kept(
                NumberedTraffic.start(there, address, host, LabNetwork.HOST_INNER, port(connection), INTERVAL));
        Tunnel tunnel = new Tunnel(connection, out, back, conversation);
        tunnel.awaitTraffic();
        return tunnel;
    }

    /** The host has one address for all its tunnels. */
    private static int port(String connection) {
        return DATAGRAM_PORT + 10 + Math.floorMod(connection.hashCode(), 100);
    }

    String connection() {
        return connection;
    }

    Mark mark() {
        return new Mark(out.sent(), back.sent());
    }

    /** The numbers of what was lost since then, in both directions. */
    List<Long> lostSince(Mark mark) {
        return Stream.concat(
                        out.lostSince(mark.out(), UNDER_WAY).stream(), back.lostSince(mark.back(), UNDER_WAY).stream())
                .toList();
    }

    boolean conversationGoesOn() {
        return conversation.goesOn(SOON);
    }

    /** Waits until datagrams arrive in both directions. */
    void awaitTraffic() {
        long there = out.received();
        long here = back.received();
        Wait.until(
                "traffic both ways on " + connection,
                SOON,
                () -> out.received() > there + 20 && back.received() > here + 20);
    }
}
