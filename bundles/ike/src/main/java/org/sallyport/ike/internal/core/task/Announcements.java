package org.sallyport.ike.internal.core.task;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.sallyport.api.authentication.Announcement;
import org.sallyport.api.authentication.AuthenticationMethod;
import org.sallyport.api.authentication.CertificatePayload;
import org.sallyport.api.authentication.EapMethod;
import org.sallyport.api.authentication.MethodAnnouncement;
import org.sallyport.api.authentication.Octets;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.ike.internal.core.Question;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.message.Payload;

/**
 * What a side accepts of the other: SIGNATURE_HASH_ALGORITHMS (RFC 7427 section 4), CERTREQ (RFC 7296 section 3.7) and
 * SUPPORTED_AUTH_METHODS (RFC 9593).
 */
final class Announcements {
    /** SHA2-256, SHA2-384, SHA2-512 and Identity. */
    private static final Bytes HASHES = Bytes.ofHex("0002000300040005");

    private static final int MOST_HASHES = 32;
    private static final int MOST_REQUESTS = 8;
    private static final int MOST_METHODS = 32;
    /** Length, method and link of an announcement that names an algorithm. */
    private static final int LINKED = 3;

    private Announcements() {}

    /** Asks what these peers may be told; nothing needs to be asked for those that have a shared key. */
    static void ask(Session session, List<PadEntry> peers, Consumer<Announcement> then) {
        if (peers.stream().noneMatch(Announcements::announces)) {
            then.accept(Announcement.NOTHING);
            return;
        }
        session.ask(new Question.Announce(peers), then, reason -> then.accept(Announcement.NOTHING));
    }

    private static boolean announces(PadEntry peer) {
        String method = peer.remoteAuthentication();
        return !method.equals(AuthenticationMethod.PSK) && !EapMethod.named(method);
    }

    static Payload hashes() {
        return Payload.Notify.of(NotifyType.SIGNATURE_HASH_ALGORITHMS, HASHES);
    }

    /** Returns what a responder's IKE_SA_INIT says. */
    static List<Payload> inInit(Announcement ours) {
        List<Payload> payloads = new ArrayList<>(certificateRequests(ours));
        payloads.add(hashes());
        methods(ours).ifPresent(payloads::add);
        return payloads;
    }

    static List<Payload> certificateRequests(Announcement ours) {
        return ours.certificateRequests().stream()
                .<Payload>map(r -> new Payload.CertificateRequest(
                        r.encoding(), Bytes.of(r.data().toArray())))
                .toList();
    }

    static Optional<Payload> methods(Announcement ours) {
        if (ours.methods().isEmpty()) {
            return Optional.empty();
        }
        byte[] data =
                new byte[ours.methods().stream().mapToInt(Announcements::length).sum()];
        int at = 0;
        for (MethodAnnouncement each : ours.methods()) {
            int length = length(each);
            data[at] = (byte) length;
            data[at + 1] = (byte) each.method();
            if (length >= LINKED) {
                data[at + 2] = (byte) each.link();
                System.arraycopy(each.algorithm().toArray(), 0, data, at + LINKED, length - LINKED);
            }
            at += length;
        }
        return Optional.of(Payload.Notify.of(NotifyType.SUPPORTED_AUTH_METHODS, Bytes.of(data)));
    }

    private static int length(MethodAnnouncement method) {
        int algorithm = method.algorithm().length();
        return algorithm == 0 && method.link() == 0 ? 2 : LINKED + algorithm;
    }

    /** Reads what the other side says in a message. */
    static Announcement of(IkeMessage message) {
        Set<Integer> hashes = new LinkedHashSet<>();
        message.notify(NotifyType.SIGNATURE_HASH_ALGORITHMS).ifPresent(n -> {
            Bytes data = n.data();
            for (int i = 0; i + 1 < data.length() && hashes.size() < MOST_HASHES; i += 2) {
                hashes.add(data.get(i) << Byte.SIZE | data.get(i + 1));
            }
        });
        List<CertificatePayload> requests = message.all(Payload.CertificateRequest.class)
                .limit(MOST_REQUESTS)
                .map(r -> new CertificatePayload(
                        r.encoding(), Octets.of(r.authorities().toArray())))
                .toList();
        return new Announcement(
                hashes,
                requests,
                message.notify(NotifyType.SUPPORTED_AUTH_METHODS)
                        .map(n -> methods(n.data()))
                        .orElse(List.of()));
    }

    private static List<MethodAnnouncement> methods(Bytes data) {
        byte[] octets = data.toArray();
        List<MethodAnnouncement> found = new ArrayList<>();
        int at = 0;
        while (at + 1 < octets.length && found.size() < MOST_METHODS) {
            int length = octets[at] & 0xff;
            if (length < 2 || at + length > octets.length) {
                return found; // it is a wish: what cannot be read is not wished
            }
            int link = length >= LINKED ? octets[at + 2] & 0xff : 0;
            Octets algorithm = length > LINKED
                    ? Octets.of(java.util.Arrays.copyOfRange(octets, at + LINKED, at + length))
                    : Octets.NONE;
            found.add(new MethodAnnouncement(octets[at + 1] & 0xff, link, algorithm));
            at += length;
        }
        return found;
    }

    /** Adds what a later message says. */
    static Announcement and(Announcement earlier, Announcement later) {
        return new Announcement(
                later.hashes().isEmpty() ? earlier.hashes() : later.hashes(),
                later.certificateRequests().isEmpty() ? earlier.certificateRequests() : later.certificateRequests(),
                later.methods().isEmpty() ? earlier.methods() : later.methods());
    }
}
