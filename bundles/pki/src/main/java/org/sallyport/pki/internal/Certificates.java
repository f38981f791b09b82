package org.sallyport.pki.internal;

import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.IdentityType;

/** X.509 certificates: from octets, their names, the identities they are for (RFC 4945 section 3.1). */
final class Certificates {
    private static final int SAN_EMAIL = 1;
    private static final int SAN_DNS = 2;
    private static final int SAN_DIRECTORY = 4;
    private static final int SAN_ADDRESS = 7;

    private Certificates() {}

    static X509Certificate of(byte[] der) throws CertificateException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        try {
            return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der));
        } catch (RuntimeException e) {
            // the JDK stumbles over some keys, such as one for Ed25519 without an octet
            throw new CertificateException("it cannot be read", e);
        }
    }

    /** Returns its subject for people. */
    static String name(X509Certificate certificate) {
        String subject = certificate.getSubjectX500Principal().getName();
        return subject.isEmpty() ? "number " + certificate.getSerialNumber().toString(16) : "\"" + subject + "\"";
    }

    static boolean selfSigned(X509Certificate certificate) {
        return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
    }

    /** Returns SHA-1 of the public key, by which CERTREQ names an authority (RFC 7296 section 3.7). */
    static byte[] keyHash(PublicKey key) {
        try {
            return MessageDigest.getInstance("SHA-1").digest(key.getEncoded());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1", e);
        }
    }

    /** Returns whom a certificate is for: its subject and its alternative names. */
    static List<Identity> identities(X509Certificate certificate) {
        List<Identity> all = new ArrayList<>();
        String subject = certificate.getSubjectX500Principal().getName();
        if (!subject.isEmpty()) {
            all.add(new Identity(IdentityType.DISTINGUISHED_NAME, subject));
        }
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            if (names != null) {
                names.forEach(name -> alternative(name).ifPresent(all::add));
            }
        } catch (CertificateParsingException e) {
            return all; // alternative names that cannot be read are none
        }
        return all;
    }

    private static Optional<Identity> alternative(List<?> name) {
        String text = name.get(1) instanceof String s ? s : "";
        return switch ((Integer) name.get(0)) {
            case SAN_EMAIL -> Optional.of(new Identity(IdentityType.EMAIL, text));
            case SAN_DNS -> Optional.of(new Identity(IdentityType.FQDN, text));
            case SAN_DIRECTORY -> Optional.of(new Identity(IdentityType.DISTINGUISHED_NAME, text));
            case SAN_ADDRESS -> address(text);
            default -> Optional.empty();
        };
    }

    private static Optional<Identity> address(String text) {
        try {
            InetAddress address = InetAddress.ofLiteral(text); // never a name that somebody would be asked for
            IdentityType type = address.getAddress().length == 4 ? IdentityType.IPV4 : IdentityType.IPV6;
            return Optional.of(new Identity(type, address.getHostAddress()));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // an address with a mask
        }
    }

    /** Tells whether a certificate is for an identity; a name with a wildcard in a certificate is for that very text. */
    static boolean isFor(X509Certificate certificate, Identity claimed) {
        return identities(certificate).stream().filter(i -> !i.isPattern()).anyMatch(i -> i.matches(claimed));
    }
}
