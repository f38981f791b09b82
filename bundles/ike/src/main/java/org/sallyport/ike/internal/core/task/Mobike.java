package org.sallyport.ike.internal.core.task;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.ike.internal.core.IkeSa;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.core.state.Endpoints;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.message.Payload;

/**
 * MOBIKE's notifies (RFC 4555). Who moves is not followed yet: it is told that its new addresses are not acceptable. Our
 * own addresses are never announced.
 */
final class Mobike {
    /** Further addresses of a peer that are remembered. */
    static final int MOST_ADDRESSES = 16;

    private static final int SHORTEST_COOKIE = 8;
    private static final int LONGEST_COOKIE = 64;

    private Mobike() {}

    /** Returns what a request of IKE_AUTH says (section 3.3). */
    static List<Payload> asked(PadEntry peer) {
        return peer.mobike() ? List.of(Payload.Notify.of(NotifyType.MOBIKE_SUPPORTED)) : List.of();
    }

    /** Learns what a request of IKE_AUTH says, and returns what is answered. */
    static List<Payload> answered(Session session, PadEntry peer, IkeMessage request) {
        learn(session, peer, request);
        return session.state().mobike ? asked(peer) : List.of();
    }

    /** Learns what a message of IKE_AUTH says. */
    static void learn(Session session, PadEntry peer, IkeMessage message) {
        session.state().mobike =
                peer.mobike() && message.notify(NotifyType.MOBIKE_SUPPORTED).isPresent();
        addresses(session, message);
    }

    /**
     * Returns what an INFORMATIONAL request is answered, and learns what it says.
     *
     * @throws IkeProtocolException when a cookie has a length that none may have
     */
    static List<Payload> informed(Session session, IkeSa sa, IkeMessage request) throws IkeProtocolException {
        if (!session.state().mobike) {
            return List.of();
        }
        List<Payload> answers = new ArrayList<>();
        Optional<Bytes> cookie = request.notify(NotifyType.COOKIE2).map(Payload.Notify::data);
        if (cookie.filter(c -> c.length() < SHORTEST_COOKIE || c.length() > LONGEST_COOKIE)
                .isPresent()) {
            throw IkeProtocolException.invalidSyntax("COOKIE2 has 8 to 64 octets (RFC 4555 section 4.2.5)");
        }
        cookie.ifPresent(c -> answers.add(Payload.Notify.of(NotifyType.COOKIE2, c)));
        addresses(session, request);
        boolean update = request.notify(NotifyType.UPDATE_SA_ADDRESSES).isPresent();
        if (!natAllowed(request, sa.asker())) {
            answers.add(Payload.Notify.of(NotifyType.UNEXPECTED_NAT_DETECTED));
        } else if (update && !sa.asker().equals(session.state().endpoints)) {
            answers.add(Payload.Notify.of(NotifyType.UNACCEPTABLE_ADDRESSES)); // section 3.5
        }
        if (request.notify(NotifyType.NAT_DETECTION_SOURCE_IP).isPresent()) {
            answers.addAll(NatPayloads.payloads(
                    session, sa.state().initiatorSpi(), sa.state().responderSpi(), sa.asker()));
        }
        return answers;
    }

    /** Each such message replaces what was said before (section 3.6). */
    private static void addresses(Session session, IkeMessage message) {
        if (!session.state().mobike) {
            return;
        }
        List<InetAddress> stated = message.all(Payload.Notify.class)
                .flatMap(n -> address(n).stream())
                .distinct()
                .limit(MOST_ADDRESSES)
                .toList();
        boolean none = message.notify(NotifyType.NO_ADDITIONAL_ADDRESSES).isPresent();
        if (none || !stated.isEmpty()) {
            session.state().additionalAddresses = stated;
        }
    }

    private static Optional<InetAddress> address(Payload.Notify notify) {
        int length = notify.type().equals(NotifyType.ADDITIONAL_IP4_ADDRESS)
                ? 4
                : notify.type().equals(NotifyType.ADDITIONAL_IP6_ADDRESS) ? 16 : -1;
        return notify.data().length() == length
                ? Optional.of(Addresses.of(notify.data().toArray()))
                : Optional.empty();
    }

    /** Tells whether nobody translated the addresses of a sender who wants none translated (section 3.9). */
    static boolean natAllowed(IkeMessage message, Endpoints endpoints) {
        return message.notify(NotifyType.NO_NATS_ALLOWED)
                .map(Payload.Notify::data)
                .map(stated -> stated.equals(travelled(endpoints)))
                .orElse(true);
    }

    /** Source address, destination address, source port, destination port (section 4.2.6). */
    static Bytes travelled(Endpoints endpoints) {
        byte[] source = endpoints.remote().getAddress().getAddress();
        byte[] destination = endpoints.local().getAddress().getAddress();
        return Bytes.of(java.nio.ByteBuffer.allocate(source.length + destination.length + 2 * Short.BYTES)
                .put(source)
                .put(destination)
                .putShort((short) endpoints.remote().getPort())
                .putShort((short) endpoints.local().getPort())
                .array());
    }
}
