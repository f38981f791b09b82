package org.sallyport.pki.internal;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sallyport.api.authentication.Announcement;
import org.sallyport.api.authentication.AuthProof;
import org.sallyport.api.authentication.AuthenticationException;
import org.sallyport.api.authentication.CertificatePayload;
import org.sallyport.api.authentication.Claim;
import org.sallyport.api.authentication.CredentialSource;
import org.sallyport.api.authentication.Octets;
import org.sallyport.api.authentication.SignedOctets;
import org.sallyport.api.authentication.Trust;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.negotiation.SecretRef;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.proposal.Transform;
import org.sallyport.api.proposal.TransformType;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.ike.internal.fuzz.FuzzInput;

/** A peer's AUTH and CERT payloads, and files of keys and certificates: judged, or refused with the reason. */
public final class CertificateFuzz {
    private static final int MOST = 8;
    /** What is signed is always the same, so that a corpus can hold good signatures. */
    private static final byte[] SIGNED = "what is signed".getBytes(StandardCharsets.US_ASCII);

    private static final String ROOT =
            """
            -----BEGIN CERTIFICATE-----
            MIIBwzCCAWmgAwIBAgIUQLEf2BXGpFucaJkjivVwcectQxMwCgYIKoZIzj0EAwIw
            LjEYMBYGA1UECgwPU2FsbHlwb3J0IFRlc3RzMRIwEAYDVQQDDAlmdXp6IHJvb3Qw
            IBcNMjYxMTI5MDcwMzA4WhgPMjEyNjExMDUwNzAzMDhaMC4xGDAWBgNVBAoMD1Nh
            bGx5cG9ydCBUZXN0czESMBAGA1UEAwwJZnV6eiByb290MFkwEwYHKoZIzj0CAQYI
            KoZIzj0DAQcDQgAEhChd/QjoCJ3L5cQmsMu5sE+s/RLONmOhz9nPeOBXEvd+APNa
            7izz6/7y58Wb0KyvwwtWBcURbg4Fr1ddnm3BQaNjMGEwHQYDVR0OBBYEFE6Fs+XK
            hY0NXG6Ew01PU9B2+lReMB8GA1UdIwQYMBaAFE6Fs+XKhY0NXG6Ew01PU9B2+lRe
            MA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgEGMAoGCCqGSM49BAMCA0gA
            MEUCIQCN2XEorsAJR7r+eXim+qqQAI2jZ1HE2oDo1koD7JzCVQIgFAyWKURcGx1U
            hae5/Zq3YVj8cves2JHuLc9lqtRvtBA=
            -----END CERTIFICATE-----
            """;

    private static final PadEntry PEER = PadEntry.builder(new ConnectionId("fuzz"))
            .localIdentity(Identity.parse("bob.example"))
            .remoteIdentity(Identity.parse("alice.example"))
            .authentication("pubkey")
            .ikeProposals(List.of(new Proposal(List.of(
                    new Transform(TransformType.ENCRYPTION, 20, 128),
                    new Transform(TransformType.PRF, 5, 0),
                    new Transform(TransformType.KEY_EXCHANGE, 31, 0)))))
            .secret(new SecretRef("shared"))
            .build();
    private static final Trust TRUST = trust();
    private static final PublicKeyMethod METHOD = new PublicKeyMethod(
            List.of(new CredentialSource() {
                @Override
                public Optional<Trust> trust(PadEntry peer) {
                    return Optional.of(TRUST);
                }
            }),
            Clock.fixed(Instant.parse("2030-01-01T00:00:00Z"), ZoneOffset.UTC));

    private CertificateFuzz() {}

    private static Trust trust() {
        try {
            List<X509Certificate> anchors = KeyFiles.content(
                            Path.of("root"), ROOT.getBytes(StandardCharsets.US_ASCII), Optional.empty())
                    .certificates();
            return new Trust(anchors, List.of(), List.of(), List.of(), List.of(anchors.getFirst().getPublicKey()));
        } catch (AuthenticationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Method and data of AUTH, and certificates. */
    public static void proof(byte[] octets) {
        FuzzInput in = new FuzzInput(octets);
        int method = Math.max(1, in.u8());
        boolean old = (in.u8() & 1) == 1;
        byte[] data = in.block();
        List<CertificatePayload> certificates = new ArrayList<>();
        while (in.more() && certificates.size() < MOST) {
            certificates.add(new CertificatePayload(CertificatePayload.X509, Octets.of(in.block())));
        }
        Announcement announced =
                old ? Announcement.NOTHING : new Announcement(Set.of(2, 3, 4, 5), List.of(), List.of());
        if (data.length > 16384) {
            return;
        }
        Claim claim = new Claim(
                PEER,
                Identity.parse("alice.example"),
                new Signed(),
                announced,
                new AuthProof(method, Octets.of(data), certificates));
        try {
            METHOD.verify(claim);
        } catch (AuthenticationException e) {
            requireWords(e);
        }
    }

    /** A file of keys, certificates and revocation lists. */
    public static void file(byte[] octets) {
        try (SecretBytes passphrase = SecretBytes.owning(new byte[] {'x'})) {
            KeyFiles.Content content = KeyFiles.content(Path.of("file"), octets, Optional.of(passphrase));
            content.certificates().forEach(c -> {
                Certificates.identities(c);
                Certificates.name(c);
                Suitability.weakness(c);
                Suitability.misuse(c);
            });
        } catch (AuthenticationException e) {
            requireWords(e);
        }
    }

    private static void requireWords(AuthenticationException e) {
        String words = e.reason().text();
        if (words.isEmpty() || words.chars().anyMatch(Character::isISOControl)) {
            throw new AssertionError("no words for people: " + words);
        }
    }

    private static final class Signed implements SignedOctets {
        @Override
        public Octets octets() {
            return Octets.of(SIGNED);
        }

        @Override
        public Octets sharedKeyMac(SecretBytes key) {
            return Octets.NONE;
        }
    }
}
