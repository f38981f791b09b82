package org.sallyport.pki.internal;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXCertPathBuilderResult;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.sallyport.api.authentication.AuthenticationException;
import org.sallyport.api.authentication.Trust;
import org.sallyport.api.negotiation.Credentials.Revocation;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;

/**
 * Finds a path from a peer's certificate to a trusted authority, by the JDK's PKIX (RFC 5280 section 6), and says in words
 * why there is none. Stateless.
 */
final class PathJudge {
    private static final int LONGEST_PATH = 6;

    private final Clock clock;

    PathJudge(Clock clock) {
        this.clock = clock;
    }

    /**
     * Judges a peer's certificate.
     *
     * @param sent what the peer sent, its own first
     * @return until when the path is good
     */
    Instant judge(PadEntry peer, List<X509Certificate> sent, Trust trust) throws AuthenticationException {
        X509Certificate own = sent.getFirst();
        Instant now = clock.instant();
        checkOwn(peer, own, now);
        Revocation policy = peer.credentials().revocation();
        Set<X509Certificate> pool = new LinkedHashSet<>(sent);
        pool.addAll(trust.intermediates());
        List<X509Certificate> line = line(own, pool, trust);
        if (policy != Revocation.OFF) {
            for (X509Certificate each : line) {
                checkListed(peer, each, trust);
            }
        }
        return path(peer, own, pool, line, trust, policy, now);
    }

    /** Judges a certificate that is configured itself, and needs no authority. */
    Instant judgeAlone(PadEntry peer, X509Certificate own, Trust trust) throws AuthenticationException {
        checkOwn(peer, own, clock.instant());
        if (peer.credentials().revocation() != Revocation.OFF) {
            checkListed(peer, own, trust);
        }
        return own.getNotAfter().toInstant();
    }

    private static void checkOwn(PadEntry peer, X509Certificate own, Instant now) throws AuthenticationException {
        checkTime(peer, own, now);
        Optional<String> misuse = Suitability.weakness(own).or(() -> Suitability.misuse(own));
        if (misuse.isPresent()) {
            throw refused(ReasonCode.CERTIFICATE_UNSUITABLE, peer, Certificates.name(own), misuse.get());
        }
    }

    private static void checkTime(PadEntry peer, X509Certificate certificate, Instant now)
            throws AuthenticationException {
        if (now.isAfter(certificate.getNotAfter().toInstant())) {
            throw refused(
                    ReasonCode.CERTIFICATE_EXPIRED,
                    peer,
                    Certificates.name(certificate),
                    certificate.getNotAfter().toInstant());
        }
        if (now.isBefore(certificate.getNotBefore().toInstant())) {
            throw refused(
                    ReasonCode.CERTIFICATE_NOT_YET_VALID,
                    peer,
                    Certificates.name(certificate),
                    certificate.getNotBefore().toInstant());
        }
    }

    /** A list that names a certificate counts even when it is out of date: it only ever denies. */
    private static void checkListed(PadEntry peer, X509Certificate certificate, Trust trust)
            throws AuthenticationException {
        for (var list : trust.revocations()) {
            X509CRLEntry entry = list.getIssuerX500Principal().equals(certificate.getIssuerX500Principal())
                    ? list.getRevokedCertificate(certificate.getSerialNumber())
                    : null;
            if (entry != null) {
                String why = entry.getRevocationReason() == null
                        ? "no reason given"
                        : entry.getRevocationReason().toString();
                throw refused(
                        ReasonCode.CERTIFICATE_REVOKED,
                        peer,
                        Certificates.name(certificate),
                        entry.getRevocationDate().toInstant(),
                        list.getIssuerX500Principal().getName(),
                        why);
            }
        }
    }

    private static Instant path(
            PadEntry peer,
            X509Certificate own,
            Set<X509Certificate> pool,
            List<X509Certificate> line,
            Trust trust,
            Revocation policy,
            Instant now)
            throws AuthenticationException {
        X509Certificate last = line.getLast();
        if (trust.anchors().isEmpty()) {
            throw unknownAuthority(peer, last);
        }
        try {
            X509CertSelector target = new X509CertSelector();
            target.setCertificate(own);
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors(trust), target);
            prepare(parameters, pool, trust, policy, now);
            parameters.setMaxPathLength(LONGEST_PATH);
            PKIXCertPathBuilderResult found = (PKIXCertPathBuilderResult)
                    CertPathBuilder.getInstance("PKIX").build(parameters);
            return found.getCertPath().getCertificates().stream()
                    .map(c -> ((X509Certificate) c).getNotAfter().toInstant())
                    .min(Instant::compareTo)
                    .orElseGet(() -> own.getNotAfter().toInstant());
        } catch (CertPathBuilderException e) {
            throw explained(peer, line, pool, trust, policy, now, e);
        } catch (GeneralSecurityException e) {
            throw refused(
                    ReasonCode.CERTIFICATE_UNSUITABLE, peer, Certificates.name(own), String.valueOf(e.getMessage()));
        }
    }

    private static Set<TrustAnchor> anchors(Trust trust) {
        return trust.anchors().stream().map(a -> new TrustAnchor(a, null)).collect(Collectors.toSet());
    }

    private static void prepare(
            PKIXParameters parameters, Collection<X509Certificate> pool, Trust trust, Revocation policy, Instant now)
            throws GeneralSecurityException {
        List<Object> store = new ArrayList<>(pool);
        store.addAll(trust.revocations());
        parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(store)));
        parameters.setDate(Date.from(now));
        parameters.addCertPathChecker(new Suitability());
        parameters.setRevocationEnabled(policy != Revocation.OFF);
        if (policy != Revocation.OFF) {
            PKIXRevocationChecker lists = (PKIXRevocationChecker)
                    CertPathValidator.getInstance("PKIX").getRevocationChecker();
            EnumSet<PKIXRevocationChecker.Option> options =
                    EnumSet.of(PKIXRevocationChecker.Option.PREFER_CRLS, PKIXRevocationChecker.Option.NO_FALLBACK);
            if (policy == Revocation.IF_PRESENT) {
                options.add(PKIXRevocationChecker.Option.SOFT_FAIL);
            }
            lists.setOptions(options);
            parameters.addCertPathChecker(lists);
        }
    }

    // ---- why there is no path ----

    /** Follows the issuers' names: what a path would be, if everything were in order. */
    private static List<X509Certificate> line(X509Certificate own, Set<X509Certificate> pool, Trust trust) {
        List<X509Certificate> line = new ArrayList<>(List.of(own));
        while (line.size() < LONGEST_PATH && !known(line.getLast(), trust)) {
            X509Certificate last = line.getLast();
            Optional<X509Certificate> issuer = pool.stream()
                    .filter(c -> !line.contains(c))
                    .filter(c -> c.getSubjectX500Principal().equals(last.getIssuerX500Principal()))
                    .findFirst();
            if (issuer.isEmpty()) {
                return line;
            }
            line.add(issuer.get());
        }
        return line;
    }

    private static boolean known(X509Certificate certificate, Trust trust) {
        return trust.anchors().stream()
                .anyMatch(a -> a.getSubjectX500Principal().equals(certificate.getIssuerX500Principal()));
    }

    private static AuthenticationException explained(
            PadEntry peer,
            List<X509Certificate> line,
            Set<X509Certificate> pool,
            Trust trust,
            Revocation policy,
            Instant now,
            CertPathBuilderException why) {
        X509Certificate last = line.getLast();
        if (!known(last, trust)) {
            return unknownAuthority(peer, last);
        }
        try {
            PKIXParameters parameters = new PKIXParameters(anchors(trust));
            prepare(parameters, pool, trust, policy, now);
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(line), parameters);
            return refused(
                    ReasonCode.CERTIFICATE_UNSUITABLE,
                    peer,
                    Certificates.name(line.getFirst()),
                    String.valueOf(why.getMessage()));
        } catch (CertPathValidatorException e) {
            X509Certificate culprit = line.get(Math.clamp(e.getIndex(), 0, line.size() - 1));
            return explained(peer, culprit, e);
        } catch (GeneralSecurityException e) {
            return refused(
                    ReasonCode.CERTIFICATE_UNSUITABLE, peer, Certificates.name(last), String.valueOf(e.getMessage()));
        }
    }

    private static AuthenticationException explained(
            PadEntry peer, X509Certificate culprit, CertPathValidatorException why) {
        String name = Certificates.name(culprit);
        if (why.getReason() == CertPathValidatorException.BasicReason.EXPIRED) {
            return refused(
                    ReasonCode.CERTIFICATE_EXPIRED,
                    peer,
                    name,
                    culprit.getNotAfter().toInstant());
        }
        if (why.getReason() == CertPathValidatorException.BasicReason.NOT_YET_VALID) {
            return refused(
                    ReasonCode.CERTIFICATE_NOT_YET_VALID,
                    peer,
                    name,
                    culprit.getNotBefore().toInstant());
        }
        if (why.getReason() == CertPathValidatorException.BasicReason.UNDETERMINED_REVOCATION_STATUS) {
            return refused(
                    ReasonCode.REVOCATION_UNKNOWN,
                    peer,
                    name,
                    culprit.getIssuerX500Principal().getName());
        }
        return refused(ReasonCode.CERTIFICATE_UNSUITABLE, peer, name, String.valueOf(why.getMessage()));
    }

    private static AuthenticationException unknownAuthority(PadEntry peer, X509Certificate certificate) {
        return refused(
                ReasonCode.AUTHORITY_UNKNOWN,
                peer,
                Certificates.name(certificate),
                "\"" + certificate.getIssuerX500Principal().getName() + "\"");
    }

    private static AuthenticationException refused(ReasonCode code, PadEntry peer, Object... rest) {
        List<Object> arguments = new ArrayList<>(List.of(peer.connection()));
        arguments.addAll(List.of(rest));
        return new AuthenticationException(Reason.of(code, arguments.toArray()));
    }
}
