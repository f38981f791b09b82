package org.sallyport.ike.internal.runtime;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.sallyport.api.admin.Journal;
import org.sallyport.api.pool.HostConfiguration;
import org.sallyport.ike.internal.core.Effect;
import org.sallyport.ike.internal.core.state.Endpoints;
import org.sallyport.ike.internal.core.task.RateLimit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people: the journal has every message that was understood, the log what happened in words. What outsiders can
 * bring about without a secret is bounded. Thread safe. The SAD tells of Child SAs.
 */
final class Announcer {
    private static final Logger LOG = LoggerFactory.getLogger("org.sallyport.ike");
    private static final int FAILURES_PER_SECOND = 10;
    private static final int MESSAGES_PER_SECOND = 1000;
    /** The journal has every one; who reads the log wants to see the others as well. */
    private static final int IKE_SAS_PER_SECOND = 20;
    /** Whoever recorded a request can have its answer repeated; what happened before must not roll out of the journal. */
    private static final int REPEATED_ANSWERS_PER_SECOND = 5;

    private final RateLimit failures = new RateLimit(FAILURES_PER_SECOND);
    private final RateLimit messages = new RateLimit(MESSAGES_PER_SECOND);
    private final RateLimit ikeSas = new RateLimit(IKE_SAS_PER_SECOND);
    private final RateLimit repeatedAnswers = new RateLimit(REPEATED_ANSWERS_PER_SECOND);

    /** A message was sent. */
    Optional<Journal> sent(Effect.Send send, String peer, long now) {
        return message("ike-sent", send.endpoints(), send.summary(), peer, now);
    }

    private Optional<Journal> message(
            String event, Endpoints endpoints, Effect.Summary summary, String peer, long now) {
        RateLimit limit = summary.response() && summary.transmission() > 1 ? repeatedAnswers : messages;
        synchronized (limit) {
            if (!limit.allows(now)) {
                return Optional.empty();
            }
        }
        Journal line = Journal.event(event)
                .with("exchange", summary.exchange())
                .with("message_id", summary.messageId())
                .with("kind", summary.response() ? "response" : "request")
                .with("peer", peer)
                .with("address", endpoints.remoteText());
        if (summary.transmission() > 1) {
            line.with("transmission", summary.transmission());
        } else {
            line.with("payloads", String.join(" ", summary.payloads()));
        }
        return Optional.of(line);
    }

    /** Something happened. Returns the line for the journal, if it is for the journal. */
    Optional<Journal> notice(Effect.Notice notice, String peer, long now) {
        return switch (notice) {
            case Effect.Received r -> message("ike-received", r.endpoints(), r.summary(), peer, now);
            case Effect.IkeUp up -> up(up, now);
            case Effect.UdpNonetheless udp -> udp(udp, now);
            case Effect.AddressesAssigned a -> Optional.of(assigned(a));
            case Effect.IkeRekeyed r -> {
                LOG.info("{}: IKE SA rekeyed by {}", r.id(), who(r.initiator()));
                yield Optional.of(Journal.event("ike-sa-rekeyed")
                        .with("connection", r.id().connection())
                        .with("ike_sa", r.id())
                        .with("initiator", r.initiator()));
            }
            case Effect.IkeDown down -> {
                if (worthALine(now)) {
                    LOG.info("{}: IKE SA ended: {}", down.id(), down.reason());
                }
                yield Optional.of(Journal.event("ike-sa-down")
                        .with("connection", down.id().connection())
                        .with("ike_sa", down.id())
                        .with("reason", down.reason()));
            }
            case Effect.IkeFailed failed -> failed(failed, now);
            case Effect.ChildUp ignored -> Optional.empty();
            case Effect.ChildRekeyed ignored -> Optional.empty();
            case Effect.ChildDown ignored -> Optional.empty();
            case Effect.ChildFailed failed -> childFailed(failed, now);
        };
    }

    private Optional<Journal> up(Effect.IkeUp up, long now) {
        if (worthALine(now)) {
            LOG.info(
                    "{}: IKE SA with {} established by {}, {}, {}",
                    up.id(),
                    up.peer(),
                    who(up.initiator()),
                    up.suite(),
                    up.endpoints());
        }
        return Optional.of(Journal.event("ike-sa-up")
                .with("connection", up.id().connection())
                .with("ike_sa", up.id())
                .with("peer", up.peer())
                .with("initiator", up.initiator())
                .with("algorithms", up.suite())
                .with("path", up.endpoints()));
    }

    private Optional<Journal> udp(Effect.UdpNonetheless udp, long now) {
        String why = udp.weBehindNat()
                ? "we are behind a NAT"
                : udp.peerBehindNat()
                        ? "the peer is behind a NAT, or says so"
                        : "our own address was not known in time";
        if (worthALine(now)) {
            LOG.warn("{}: ESP with {} goes in UDP and not raw: {}", udp.id(), udp.peer(), why);
        }
        return Optional.of(Journal.event("esp-in-udp")
                .with("connection", udp.id().connection())
                .with("ike_sa", udp.id())
                .with("peer", udp.peer())
                .with("why", why));
    }

    private static Journal assigned(Effect.AddressesAssigned a) {
        HostConfiguration given = a.configuration();
        String addresses = words(given.addresses());
        LOG.info("{}: {} assigned to {}", a.id(), addresses, a.toUs() ? "us by " + a.peer() : a.peer());
        return Journal.event("addresses-assigned")
                .with("connection", a.id().connection())
                .with("ike_sa", a.id())
                .with("peer", a.peer())
                .with("to", a.toUs() ? "us" : "peer")
                .with("addresses", addresses)
                .with("dns", words(given.dnsServers()))
                .with(
                        "subnets",
                        String.join(
                                ",",
                                given.subnets().stream().map(Object::toString).toList()))
                .with("domains", String.join(",", given.domains()));
    }

    private static String words(List<InetAddress> addresses) {
        return String.join(
                ",", addresses.stream().map(InetAddress::getHostAddress).toList());
    }

    private Optional<Journal> failed(Effect.IkeFailed failed, long now) {
        if (failed.isSilence() || !allowed(now)) {
            return Optional.empty();
        }
        LOG.warn("no IKE SA with {}: {}", failed.peer(), failed.reason());
        return Optional.of(Journal.event("ike-sa-failed")
                .with("peer", failed.peer())
                .with("initiator", failed.initiator())
                .with("reason", failed.reason()));
    }

    private Optional<Journal> childFailed(Effect.ChildFailed failed, long now) {
        if (!allowed(now)) {
            return Optional.empty();
        }
        LOG.warn("{}: no Child SA{}: {}", failed.id(), under(failed.policy()), failed.reason());
        return Optional.of(Journal.event("child-sa-failed")
                .with("connection", failed.id().connection())
                .with("policy", failed.policy())
                .with("initiator", failed.initiator())
                .with("reason", failed.reason()));
    }

    private static String under(String policy) {
        return policy.isEmpty() ? "" : " under policy \"" + policy + "\"";
    }

    private boolean worthALine(long now) {
        synchronized (ikeSas) {
            return ikeSas.allows(now);
        }
    }

    private boolean allowed(long now) {
        synchronized (failures) {
            return failures.allows(now);
        }
    }

    private static String who(boolean initiator) {
        return initiator ? "us" : "the peer";
    }
}
