package org.sallyport.pki.internal;

import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.sallyport.api.admin.Journal;
import org.sallyport.api.authentication.AuthenticationException;
import org.sallyport.api.negotiation.Pad;
import org.sallyport.api.negotiation.PadEntry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Announces certificates that expire: in the log and the journal, a month ahead and then every day. Files that cannot be
 * used are announced as well, before somebody needs them.
 */
@Component(
        immediate = true,
        service = {})
public final class ExpiryWatch {
    private static final Logger LOG = LoggerFactory.getLogger(ExpiryWatch.class);
    private static final Duration AHEAD = Duration.ofDays(30);
    private static final Duration AGAIN = Duration.ofDays(1);
    private static final long FIRST_SECONDS = 20;
    private static final long EVERY_SECONDS = 600;

    private final Pad pad;
    private final FileCredentials files;
    private final Clock clock;
    private final ScheduledExecutorService timer;
    private final Map<String, Instant> told = new LinkedHashMap<>();

    @Activate
    public ExpiryWatch(@Reference Pad pad, @Reference FileCredentials files) {
        this(pad, files, Clock.systemUTC());
        var unused = timer.scheduleWithFixedDelay(this::lookSafely, FIRST_SECONDS, EVERY_SECONDS, TimeUnit.SECONDS);
    }

    ExpiryWatch(Pad pad, FileCredentials files, Clock clock) {
        this.pad = pad;
        this.files = files;
        this.clock = clock;
        this.timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("sallyport-certificates").factory());
    }

    @Deactivate
    void stop() {
        timer.shutdownNow();
    }

    private void lookSafely() {
        try {
            look();
        } catch (RuntimeException e) {
            LOG.error("certificates were not looked at", e);
        }
    }

    /** Looks at every certificate that the peers' entries name; returns what was told within the last day. */
    Set<String> look() {
        Instant now = clock.instant();
        told.values().removeIf(at -> !at.plus(AGAIN).isAfter(now));
        pad.entries().forEach(peer -> look(peer, now));
        return Set.copyOf(told.keySet());
    }

    private void look(PadEntry peer, Instant now) {
        Set<X509Certificate> all = new LinkedHashSet<>();
        try {
            files.ownKey(peer).ifPresent(key -> all.addAll(key.certificates()));
            files.trust(peer).ifPresent(trust -> {
                all.addAll(trust.anchors());
                all.addAll(trust.intermediates());
                all.addAll(trust.certificates());
            });
        } catch (AuthenticationException e) {
            if (firstToday("peer " + peer, now)) {
                LOG.warn("peer \"{}\": {}", peer, e.reason());
                Journal.event("credential-unusable")
                        .with("peer", peer)
                        .with("reason", e.reason())
                        .write();
            }
        }
        all.forEach(certificate -> look(peer, certificate, now));
    }

    private void look(PadEntry peer, X509Certificate certificate, Instant now) {
        Instant end = certificate.getNotAfter().toInstant();
        String name = Certificates.name(certificate);
        if (end.isAfter(now.plus(AHEAD)) || !firstToday(name + " number " + certificate.getSerialNumber(), now)) {
            return;
        }
        boolean over = end.isBefore(now);
        LOG.warn(
                "certificate {}, which peer \"{}\" uses, {} at {}: put a new one in its file, nothing else is needed",
                name,
                peer,
                over ? "expired" : "expires",
                end);
        Journal.event(over ? "certificate-expired" : "certificate-expires")
                .with("peer", peer)
                .with("subject", certificate.getSubjectX500Principal().getName())
                .with("at_time", end)
                .with("days", Duration.between(now, end).toDays())
                .write();
    }

    private boolean firstToday(String what, Instant now) {
        return told.putIfAbsent(what, now) == null;
    }
}
