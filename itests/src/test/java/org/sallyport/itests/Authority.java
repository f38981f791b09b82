package org.sallyport.itests;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/** An authority that certifies one peer's key, several times and in several ways; everything it makes is PEM. */
final class Authority {
    private static final X500Principal NAME = new X500Principal("CN=Authority, O=Lab");
    private static final Instant LONG_AGO = Instant.parse("2019-01-01T00:00:00Z");

    private final Instant yesterday = Instant.now().minus(Duration.ofDays(1));
    private final Instant nextMonth = Instant.now().plus(Duration.ofDays(30));
    private final KeyPair own = pair();
    private final KeyPair peer = pair();

    /** RSA, because every strongSwan has it. */
    private static KeyPair pair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** Its own certificate. */
    String certificate() {
        return certificate(NAME, own, "", 1, nextMonth);
    }

    /** The peer's key. */
    String peerKey() {
        return pem("PRIVATE KEY", peer.getPrivate().getEncoded());
    }

    /** Writes a certificate for the peer's key and a host name; what it is like is its common name. */
    Path certify(Path folder, String like, String host, int number, Instant until) {
        try {
            X500Principal name = new X500Principal("CN=" + like + ", O=Lab");
            return Files.writeString(folder.resolve(like + ".pem"), certificate(name, peer, host, number, until));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A certificate that is good for another month. */
    Path certify(Path folder, String like, String host, int number) {
        return certify(folder, like, host, number, nextMonth);
    }

    private String certificate(X500Principal subject, KeyPair keys, String host, int number, Instant until) {
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    NAME,
                    BigInteger.valueOf(number),
                    Date.from(until.isBefore(yesterday) ? LONG_AGO : yesterday),
                    Date.from(until),
                    subject,
                    keys.getPublic());
            if (subject.equals(NAME)) {
                builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
                builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            } else {
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(new GeneralName(GeneralName.dNSName, host)));
            }
            return pem("CERTIFICATE", builder.build(signer()).getEncoded());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The list of what is revoked: one certificate, by its number. */
    String revocation(int number, Instant at) {
        try {
            JcaX509v2CRLBuilder builder = new JcaX509v2CRLBuilder(NAME, Date.from(yesterday));
            builder.setNextUpdate(Date.from(nextMonth));
            builder.addCRLEntry(BigInteger.valueOf(number), Date.from(at), CRLReason.keyCompromise);
            return pem("X509 CRL", builder.build(signer()).getEncoded());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private ContentSigner signer() {
        try {
            return new JcaContentSignerBuilder("SHA256withRSA").build(own.getPrivate());
        } catch (OperatorCreationException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static String pem(String type, byte[] content) {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(type, content));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return text.toString();
    }
}
