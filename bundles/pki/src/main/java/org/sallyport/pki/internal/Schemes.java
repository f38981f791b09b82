package org.sallyport.pki.internal;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.signers.PlainDSAEncoding;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;
import org.sallyport.api.authentication.Octets;
import org.sallyport.api.authentication.SignatureScheme;

/** Signature schemes by their names in the JCA, their hashes in IKEv2 and their AlgorithmIdentifiers (RFC 7427). */
final class Schemes {
    /** SHA2-256, SHA2-384, SHA2-512 and Identity (RFC 7427 section 4, RFC 8420 section 2). */
    static final int SHA256 = 2;

    static final int SHA384 = 3;
    static final int SHA512 = 4;
    static final int IDENTITY = 5;

    private static final int LEAST_RSA_BITS = 2048;
    private static final int LEAST_EC_BITS = 256;

    private static final Map<ASN1ObjectIdentifier, SignatureScheme> PLAIN = Map.of(
            PKCSObjectIdentifiers.sha256WithRSAEncryption, SignatureScheme.RSA_PKCS1_SHA256,
            PKCSObjectIdentifiers.sha384WithRSAEncryption, SignatureScheme.RSA_PKCS1_SHA384,
            PKCSObjectIdentifiers.sha512WithRSAEncryption, SignatureScheme.RSA_PKCS1_SHA512,
            X9ObjectIdentifiers.ecdsa_with_SHA256, SignatureScheme.ECDSA_SHA256,
            X9ObjectIdentifiers.ecdsa_with_SHA384, SignatureScheme.ECDSA_SHA384,
            X9ObjectIdentifiers.ecdsa_with_SHA512, SignatureScheme.ECDSA_SHA512,
            EdECObjectIdentifiers.id_Ed25519, SignatureScheme.ED25519,
            EdECObjectIdentifiers.id_Ed448, SignatureScheme.ED448);

    private Schemes() {}

    /** Returns its name in the JCA. */
    static String algorithm(SignatureScheme scheme) {
        return switch (scheme) {
            case RSA_PKCS1_SHA1 -> "SHA1withRSA";
            case RSA_PKCS1_SHA256 -> "SHA256withRSA";
            case RSA_PKCS1_SHA384 -> "SHA384withRSA";
            case RSA_PKCS1_SHA512 -> "SHA512withRSA";
            case RSA_PSS_SHA256 -> "SHA256withRSAandMGF1";
            case RSA_PSS_SHA384 -> "SHA384withRSAandMGF1";
            case RSA_PSS_SHA512 -> "SHA512withRSAandMGF1";
            case ECDSA_SHA256 -> "SHA256withECDSA";
            case ECDSA_SHA384 -> "SHA384withECDSA";
            case ECDSA_SHA512 -> "SHA512withECDSA";
            case ED25519 -> "Ed25519";
            case ED448 -> "Ed448";
        };
    }

    /** Returns the hash that has to be announced for it. */
    static int hash(SignatureScheme scheme) {
        return switch (scheme) {
            case RSA_PKCS1_SHA1 -> 1;
            case RSA_PKCS1_SHA256, RSA_PSS_SHA256, ECDSA_SHA256 -> SHA256;
            case RSA_PKCS1_SHA384, RSA_PSS_SHA384, ECDSA_SHA384 -> SHA384;
            case RSA_PKCS1_SHA512, RSA_PSS_SHA512, ECDSA_SHA512 -> SHA512;
            case ED25519, ED448 -> IDENTITY;
        };
    }

    /** Returns how a key may sign, best first; none when it is of a kind that is not supported. */
    static List<SignatureScheme> of(PublicKey key) {
        return switch (key.getAlgorithm()) {
            case "RSA", "RSASSA-PSS" ->
                List.of(
                        SignatureScheme.RSA_PSS_SHA256,
                        SignatureScheme.RSA_PSS_SHA384,
                        SignatureScheme.RSA_PSS_SHA512,
                        SignatureScheme.RSA_PKCS1_SHA256,
                        SignatureScheme.RSA_PKCS1_SHA384,
                        SignatureScheme.RSA_PKCS1_SHA512);
            case "EC", "ECDSA" -> ecdsa(bits(key));
            case "Ed25519" -> List.of(SignatureScheme.ED25519);
            case "Ed448" -> List.of(SignatureScheme.ED448);
            case "EdDSA" -> List.of(bits(key) > 256 ? SignatureScheme.ED448 : SignatureScheme.ED25519);
            default -> List.of();
        };
    }

    /** A hash as long as the curve comes first. */
    private static List<SignatureScheme> ecdsa(int bits) {
        if (bits <= 256) {
            return List.of(SignatureScheme.ECDSA_SHA256, SignatureScheme.ECDSA_SHA384, SignatureScheme.ECDSA_SHA512);
        }
        return bits <= 384
                ? List.of(SignatureScheme.ECDSA_SHA384, SignatureScheme.ECDSA_SHA512, SignatureScheme.ECDSA_SHA256)
                : List.of(SignatureScheme.ECDSA_SHA512, SignatureScheme.ECDSA_SHA384, SignatureScheme.ECDSA_SHA256);
    }

    static int bits(PublicKey key) {
        return switch (key) {
            case RSAPublicKey rsa -> rsa.getModulus().bitLength();
            case ECPublicKey ec -> ec.getParams().getOrder().bitLength();
            default -> key.getEncoded().length > 50 ? 456 : 256;
        };
    }

    /** Returns what is wrong with a key; empty when it may be used. */
    static Optional<String> weakness(PublicKey key) {
        if (key instanceof RSAPublicKey && bits(key) < LEAST_RSA_BITS) {
            return Optional.of(
                    "its RSA key has " + bits(key) + " bits, and at least " + LEAST_RSA_BITS + " are needed");
        }
        if (key instanceof ECPublicKey && bits(key) < LEAST_EC_BITS) {
            return Optional.of(
                    "its elliptic curve has " + bits(key) + " bits, and at least " + LEAST_EC_BITS + " are needed");
        }
        return of(key).isEmpty()
                ? Optional.of("keys of kind " + key.getAlgorithm() + " cannot sign")
                : Optional.empty();
    }

    /** Returns the DER that names it. */
    static Octets identifier(SignatureScheme scheme) {
        try {
            return Octets.of(new DefaultSignatureAlgorithmIdentifierFinder()
                    .find(algorithm(scheme))
                    .getEncoded(ASN1Encoding.DER));
        } catch (IOException e) {
            throw new IllegalStateException("an AlgorithmIdentifier has an encoding", e);
        }
    }

    /** Returns which scheme a DER names; empty when it is none of ours. */
    static Optional<SignatureScheme> named(byte[] identifier) {
        try {
            AlgorithmIdentifier named = AlgorithmIdentifier.getInstance(identifier);
            return named.getAlgorithm().equals(PKCSObjectIdentifiers.id_RSASSA_PSS)
                    ? pss(RSASSAPSSparams.getInstance(named.getParameters()))
                    : Optional.ofNullable(PLAIN.get(named.getAlgorithm()));
        } catch (RuntimeException e) {
            return Optional
                    .empty(); // a peer's octets that are no AlgorithmIdentifier: parameters absent, numbers too large
        }
    }

    private static Optional<SignatureScheme> pss(RSASSAPSSparams parameters) {
        ASN1ObjectIdentifier hash = parameters.getHashAlgorithm().getAlgorithm();
        AlgorithmIdentifier mask = parameters.getMaskGenAlgorithm();
        boolean sameHash = mask.getAlgorithm().equals(PKCSObjectIdentifiers.id_mgf1)
                && AlgorithmIdentifier.getInstance(mask.getParameters())
                        .getAlgorithm()
                        .equals(hash);
        int salt = parameters.getSaltLength().intValueExact();
        if (!sameHash || parameters.getTrailerField().intValueExact() != 1) {
            return Optional.empty();
        }
        if (hash.equals(NISTObjectIdentifiers.id_sha256) && salt == 32) {
            return Optional.of(SignatureScheme.RSA_PSS_SHA256);
        }
        if (hash.equals(NISTObjectIdentifiers.id_sha384) && salt == 48) {
            return Optional.of(SignatureScheme.RSA_PSS_SHA384);
        }
        return hash.equals(NISTObjectIdentifiers.id_sha512) && salt == 64
                ? Optional.of(SignatureScheme.RSA_PSS_SHA512)
                : Optional.empty();
    }

    /** Tells whether a signature is one of these octets by this key. */
    static boolean verify(PublicKey key, SignatureScheme scheme, byte[] octets, byte[] signature) {
        boolean fits =
                of(key).contains(scheme) || (scheme == SignatureScheme.RSA_PKCS1_SHA1 && key instanceof RSAPublicKey);
        if (!fits) {
            return false;
        }
        try {
            Signature verifier = Signature.getInstance(algorithm(scheme), Bouncy.CASTLE);
            verifier.initVerify(key);
            verifier.update(octets);
            return verifier.verify(signature);
        } catch (GeneralSecurityException | RuntimeException e) {
            return false; // a peer's octets that are no signature
        }
    }

    /** Returns r and s as two numbers of fixed length (RFC 4754 section 7). */
    static byte[] plain(ECPublicKey key, byte[] der) throws IOException {
        BigInteger order = key.getParams().getOrder();
        BigInteger[] rs = StandardDSAEncoding.INSTANCE.decode(order, der);
        return PlainDSAEncoding.INSTANCE.encode(order, rs[0], rs[1]);
    }

    /** Returns two numbers of fixed length as DER; nothing of use when they are none. */
    static byte[] der(ECPublicKey key, byte[] plain) {
        try {
            BigInteger order = key.getParams().getOrder();
            BigInteger[] rs = PlainDSAEncoding.INSTANCE.decode(order, plain);
            return StandardDSAEncoding.INSTANCE.encode(order, rs[0], rs[1]);
        } catch (IOException | RuntimeException e) {
            return Arrays.copyOf(plain, 0); // a peer's octets that are no two numbers verify as nothing
        }
    }
}
