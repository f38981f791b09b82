package org.sallyport.ike.internal.core.task;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.sa.Encapsulation;
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
     * Decides what we say of our own address: the truth only where ESP is to travel without UDP, whoever of those it may
     * be the peer is, and where the address is known. A peer that believes us behind a NAT encapsulates as well.
     *
     * @param ours our address
     */
    static void decide(Session session, List<PadEntry> peers, InetAddress ours) {
        session.state().saysBehindNat = peers.isEmpty()
                || ours.isAnyLocalAddress()
                || peers.stream().anyMatch(peer -> peer.encapsulation() != Encapsulation.RAW);
    }

    /** What we say of the addresses. */
    static List<Payload> payloads(Session session, long spiI, long spiR, Endpoints endpoints) {
        InetSocketAddress local = endpoints.local();
        InetSocketAddress remote = endpoints.remote();
        Bytes ours = session.state().saysBehindNat
                ? session.randomBytes(HASH_LENGTH)
                : NatDetection.hash(spiI, spiR, local.getAddress(), local.getPort());
        return List.of(
                Payload.Notify.of(NotifyType.NAT_DETECTION_SOURCE_IP, ours),
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
