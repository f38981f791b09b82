package org.sallyport.pki.internal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.sallyport.api.authentication.Announcement;
import org.sallyport.api.authentication.AuthProof;
import org.sallyport.api.authentication.AuthenticationException;
import org.sallyport.api.authentication.AuthenticationMethod;
import org.sallyport.api.authentication.CertificatePayload;
import org.sallyport.api.authentication.Claim;
import org.sallyport.api.authentication.CredentialSource;
import org.sallyport.api.authentication.CredentialSources;
import org.sallyport.api.authentication.MethodAnnouncement;
import org.sallyport.api.authentication.Octets;
import org.sallyport.api.authentication.OwnKey;
import org.sallyport.api.authentication.ProofRequest;
import org.sallyport.api.authentication.SignatureScheme;
import org.sallyport.api.authentication.Trust;
import org.sallyport.api.authentication.Verified;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;

/**
 * Signatures by certificates and raw public keys (RFC 7427, RFC 8420, RFC 7670); methods 1 and 9 to 11 only with peers that
 * do not speak of RFC 7427. Thread safe.
 */
@Component(immediate = true, property = AuthenticationMethod.NAME + "=" + AuthenticationMethod.PUBKEY)
public final class PublicKeyMethod implements AuthenticationMethod {
    /** A pool of certificates that all fit each other takes ever longer to be searched. */
    private static final int MOST_CERTIFICATES = 8;

    private static final List<MethodAnnouncement> ACCEPTED = Arrays.stream(SignatureScheme.values())
            .filter(s -> !s.name().startsWith("RSA_PKCS1"))
            .map(s -> new MethodAnnouncement(AuthProof.DIGITAL_SIGNATURE, 0, Schemes.identifier(s)))
            .toList();

    private final CredentialSources sources;
    private final Clock clock;
    private final PathJudge paths;

    @Activate
    public PublicKeyMethod() {
        this(List.of(), Clock.systemUTC());
    }

    /** Makes a method without services. */
    public PublicKeyMethod(List<CredentialSource> sources, Clock clock) {
        this.sources = new CredentialSources(sources);
        this.clock = clock;
        this.paths = new PathJudge(clock);
    }

    @Deactivate
    void stop() {
        sources.close();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindSource(CredentialSource source, Map<String, Object> properties) {
        sources.add(source, properties);
    }

    void unbindSource(CredentialSource source) {
        sources.remove(source);
    }

    private OwnKey ownKey(PadEntry peer) throws AuthenticationException {
        return sources.ownKey(peer).orElseThrow(() -> Unusable.file("peer " + peer, "it has no key-file"));
    }

    private Trust trust(PadEntry peer) throws AuthenticationException {
        return sources.trust(peer)
                .orElseThrow(() -> Unusable.file(
                        "peer " + peer, "it has none of ca-files, remote-certificate-file and public-key-file"));
    }

    // ---- what we accept ----

    @Override
    public Announcement announce(PadEntry peer) throws AuthenticationException {
        Trust trust = trust(peer);
        List<CertificatePayload> requests = new ArrayList<>();
        if (!trust.anchors().isEmpty() || !trust.certificates().isEmpty()) {
            ByteArrayOutputStream hashes = new ByteArrayOutputStream();
            trust.anchors().forEach(a -> hashes.writeBytes(Certificates.keyHash(a.getPublicKey())));
            trust.intermediates().forEach(a -> hashes.writeBytes(Certificates.keyHash(a.getPublicKey())));
            requests.add(new CertificatePayload(CertificatePayload.X509, Octets.of(hashes.toByteArray())));
        }
        if (!trust.publicKeys().isEmpty()) {
            requests.add(new CertificatePayload(CertificatePayload.RAW_PUBLIC_KEY, Octets.NONE));
        }
        return new Announcement(Set.of(), requests, ACCEPTED);
    }

    // ---- our proof ----

    @Override
    public AuthProof prove(ProofRequest request) throws AuthenticationException {
        OwnKey key = ownKey(request.peer());
        List<CertificatePayload> certificates = certificates(key, request.announced());
        if (request.announced().hashes().isEmpty()) {
            return oldProof(request, key, certificates);
        }
        SignatureScheme scheme = choose(request.announced(), key.publicKey());
        byte[] identifier = Schemes.identifier(scheme).toArray();
        byte[] signature = key.sign(scheme, request.octets().octets()).toArray();
        byte[] data = new byte[1 + identifier.length + signature.length];
        data[0] = (byte) identifier.length;
        System.arraycopy(identifier, 0, data, 1, identifier.length);
        System.arraycopy(signature, 0, data, 1 + identifier.length, signature.length);
        return new AuthProof(AuthProof.DIGITAL_SIGNATURE, Octets.of(data), certificates);
    }

    private static SignatureScheme choose(Announcement announced, PublicKey key) throws AuthenticationException {
        List<SignatureScheme> able = Schemes.of(key).stream()
                .filter(s -> announced.hashes().contains(Schemes.hash(s)))
                .toList();
        Set<Octets> wished = new LinkedHashSet<>();
        announced.methods().stream()
                .filter(m -> m.method() == AuthProof.DIGITAL_SIGNATURE)
                .forEach(m -> wished.add(m.algorithm()));
        return able.stream()
                .filter(s -> wished.contains(Schemes.identifier(s)))
                .findFirst()
                .or(() -> able.stream().findFirst())
                .orElseThrow(() -> ourKind(key, "it announced the hash algorithms " + announced.hashes() + " only"));
    }

    private static AuthenticationException ourKind(PublicKey key, String why) {
        return new AuthenticationException(Reason.of(
                ReasonCode.CAPABILITY_ABSENT,
                "a signature by our " + key.getAlgorithm() + " key that the peer understands",
                why + ": use another key-file for it"));
    }

    private static AuthProof oldProof(ProofRequest request, OwnKey key, List<CertificatePayload> certificates)
            throws AuthenticationException {
        Octets octets = request.octets().octets();
        if (key.publicKey() instanceof RSAPublicKey) {
            return new AuthProof(AuthProof.RSA, key.sign(SignatureScheme.RSA_PKCS1_SHA1, octets), certificates);
        }
        if (key.publicKey() instanceof ECPublicKey ec) {
            for (int method = AuthProof.ECDSA_256; method <= AuthProof.ECDSA_521; method++) {
                if (Schemes.bits(ec) == curveBits(method)) {
                    return oldEcdsa(method, ec, key.sign(oldScheme(method), octets), certificates);
                }
            }
        }
        throw ourKind(key.publicKey(), "it does not speak of RFC 7427");
    }

    private static AuthProof oldEcdsa(
            int method, ECPublicKey key, Octets signature, List<CertificatePayload> certificates)
            throws AuthenticationException {
        try {
            return new AuthProof(method, Octets.of(Schemes.plain(key, signature.toArray())), certificates);
        } catch (IOException e) {
            throw new AuthenticationException(Reason.of(ReasonCode.INTERNAL_ERROR, "a signature of ours is none"));
        }
    }

    private static int curveBits(int method) {
        return switch (method) {
            case AuthProof.ECDSA_256 -> 256;
            case AuthProof.ECDSA_384 -> 384;
            default -> 521;
        };
    }

    private static SignatureScheme oldScheme(int method) {
        return switch (method) {
            case AuthProof.RSA -> SignatureScheme.RSA_PKCS1_SHA1;
            case AuthProof.ECDSA_256 -> SignatureScheme.ECDSA_SHA256;
            case AuthProof.ECDSA_384 -> SignatureScheme.ECDSA_SHA384;
            default -> SignatureScheme.ECDSA_SHA512;
        };
    }

    /** The authority at the top is known to whoever trusts it; a raw key goes to who asked for it. */
    private static List<CertificatePayload> certificates(OwnKey key, Announcement announced)
            throws AuthenticationException {
        List<CertificatePayload> payloads = new ArrayList<>();
        boolean raw = announced.certificateRequests().stream()
                .anyMatch(r -> r.encoding() == CertificatePayload.RAW_PUBLIC_KEY);
        if (key.certificates().isEmpty() && raw) {
            payloads.add(new CertificatePayload(
                    CertificatePayload.RAW_PUBLIC_KEY, Octets.of(key.publicKey().getEncoded())));
        }
        try {
            for (X509Certificate each : key.certificates()) {
                if (payloads.isEmpty() || !Certificates.selfSigned(each)) {
                    payloads.add(new CertificatePayload(CertificatePayload.X509, Octets.of(each.getEncoded())));
                }
            }
        } catch (CertificateEncodingException e) {
            throw new AuthenticationException(Reason.of(ReasonCode.INTERNAL_ERROR, "a certificate of ours is none"));
        }
        return payloads;
    }

    // ---- the peer's proof ----

    @Override
    public Verified verify(Claim claim) throws AuthenticationException {
        PadEntry peer = claim.peer();
        Trust trust = trust(peer);
        List<X509Certificate> sent = sent(claim);
        if (!sent.isEmpty()) {
            return byCertificate(claim, trust, sent);
        }
        for (X509Certificate pinned : trust.certificates()) {
            if (signed(claim, pinned.getPublicKey()).isPresent()) {
                return byCertificate(claim, trust, List.of(pinned));
            }
        }
        for (PublicKey key : trust.publicKeys()) {
            Optional<SignatureScheme> scheme = signed(claim, key);
            if (scheme.isPresent()) {
                return new Verified(Optional.empty(), scheme.get() + ", raw public key");
            }
        }
        throw refused(
                peer,
                trust.publicKeys().isEmpty() && trust.certificates().isEmpty()
                        ? "it sent no certificate, and neither remote-certificate-file nor public-key-file has its key"
                        : "no key that is configured for it fits");
    }

    private List<X509Certificate> sent(Claim claim) throws AuthenticationException {
        List<X509Certificate> sent = new ArrayList<>();
        for (CertificatePayload each : claim.proof().certificates()) {
            if (each.encoding() == CertificatePayload.X509 && sent.size() < MOST_CERTIFICATES) {
                try {
                    X509Certificate certificate = Certificates.of(each.data().toArray());
                    if (!sent.contains(certificate)) {
                        sent.add(certificate);
                    }
                } catch (CertificateException e) {
                    throw refused(claim.peer(), "one of its certificates is none");
                }
            }
        }
        return sent;
    }

    private Verified byCertificate(Claim claim, Trust trust, List<X509Certificate> sent)
            throws AuthenticationException {
        PadEntry peer = claim.peer();
        X509Certificate own = sent.getFirst();
        SignatureScheme scheme = signed(claim, own.getPublicKey())
                .orElseThrow(() -> refused(peer, "it was not made with the key of " + Certificates.name(own)));
        boolean pinned = trust.certificates().contains(own);
        if (!trust.certificates().isEmpty() && !pinned) {
            throw refused(peer, Certificates.name(own) + " is not the certificate in remote-certificate-file");
        }
        if (!Certificates.isFor(own, claim.identity())) {
            throw new AuthenticationException(Reason.of(
                    ReasonCode.IDENTITY_NOT_IN_CERTIFICATE,
                    peer.connection(),
                    claim.identity(),
                    Certificates.name(own),
                    Certificates.identities(own)));
        }
        Instant until = pinned && trust.anchors().isEmpty()
                ? paths.judgeAlone(peer, own, trust)
                : paths.judge(peer, sent, trust);
        return new Verified(
                Optional.of(Duration.between(clock.instant(), until)),
                scheme + ", certificate " + Certificates.name(own));
    }

    /** SHA-1 is for those alone that know nothing else (RFC 8247 section 4.1). */
    private static boolean announcedNothing(Claim claim) {
        return claim.announced().hashes().isEmpty();
    }

    /** Returns how the claim's octets were signed with a key; empty when they were not. */
    private static Optional<SignatureScheme> signed(Claim claim, PublicKey key) throws AuthenticationException {
        byte[] octets = claim.octets().octets().toArray();
        byte[] data = claim.proof().data().toArray();
        int method = claim.proof().method();
        Optional<SignatureScheme> scheme;
        switch (method) {
            case AuthProof.DIGITAL_SIGNATURE -> {
                int length = data.length == 0 ? 0 : data[0] & 0xff;
                if (data.length < 1 + length) {
                    throw refused(claim.peer(), "its AUTH payload is cut off");
                }
                scheme = Schemes.named(Arrays.copyOfRange(data, 1, 1 + length));
                data = Arrays.copyOfRange(data, 1 + length, data.length);
            }
            case AuthProof.RSA -> scheme = announcedNothing(claim) ? Optional.of(oldScheme(method)) : Optional.empty();
            case AuthProof.ECDSA_256, AuthProof.ECDSA_384, AuthProof.ECDSA_521 -> {
                boolean curve = key instanceof ECPublicKey ec && Schemes.bits(ec) == curveBits(method);
                scheme = curve ? Optional.of(oldScheme(method)) : Optional.empty();
                data = key instanceof ECPublicKey ec ? Schemes.der(ec, data) : data;
            }
            default -> throw refused(claim.peer(), "it comes by authentication method " + method);
        }
        if (scheme.isEmpty()) {
            throw refused(
                    claim.peer(),
                    "its algorithm is none of RSASSA-PSS, RSA PKCS#1, ECDSA with SHA-2, Ed25519 and Ed448, or not one"
                            + " of its key, or older than what it announced");
        }
        byte[] signature = data;
        return scheme.filter(s -> Schemes.verify(key, s, octets, signature));
    }

    private static AuthenticationException refused(PadEntry peer, String why) {
        return new AuthenticationException(Reason.of(ReasonCode.SIGNATURE_REFUSED, peer.connection(), why));
    }
}
