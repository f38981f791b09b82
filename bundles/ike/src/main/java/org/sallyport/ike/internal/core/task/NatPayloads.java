package org.sallyport.ike.internal.core.task;

import java.net.InetSocketAddress;
import java.util.List;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.core.state.Endpoints;
import org.sallyport.ike.internal.keys.NatDetection;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.message.Payload;

/** NAT detection (RFC 7296 section 2.23). */
final class NatPayloads {
    private static final int HASH_LENGTH = 20;

    private NatPayloads() {}

    /**
     * What we say of the addresses. Our own is never told truly: the data plane carries ESP in UDP alone, and a peer that
     * believes us behind a NAT encapsulates as well.
     */
    static List<Payload> payloads(Session session, long spiI, long spiR, Endpoints endpoints) {
        InetSocketAddress remote = endpoints.remote();
        return List.of(
                Payload.Notify.of(NotifyType.NAT_DETECTION_SOURCE_IP, session.randomBytes(HASH_LENGTH)),
                Payload.Notify.of(
                        NotifyType.NAT_DETECTION_DESTINATION_IP,
                        NatDetection.hash(spiI, spiR, remote.getAddress(), remote.getPort())));
    }

    /** Learns from what the peer says. */
    static void learn(Session session, IkeMessage message, Endpoints endpoints) {
        session.state().peerBehindNat = differs(message, NotifyType.NAT_DETECTION_SOURCE_IP, endpoints.remote());
        session.state().weBehindNat = differs(message, NotifyType.NAT_DETECTION_DESTINATION_IP, endpoints.local());
    }

    private static boolean differs(IkeMessage message, NotifyType type, InetSocketAddress address) {
        Bytes expected = NatDetection.hash(
                message.header().initiatorSpi(),
                message.header().responderSpi(),
                address.getAddress(),
                address.getPort());
        List<Payload.Notify> stated = message.all(Payload.Notify.class)
                .filter(n -> n.type().equals(type))
                .toList();
        return !stated.isEmpty() && stated.stream().noneMatch(n -> n.data().equals(expected));
    }
}
