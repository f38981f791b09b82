package org.sallyport.benchmarks.handshakes;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/** An authority, a responder and a client with P-256 keys, as files. */
final class Certificates {
    /** The authority's certificate, PEM. */
    static final String AUTHORITY = "authority.pem";
    /** The responder's certificate, PEM. */
    static final String RESPONDER = "responder.pem";
    /** The responder's key, PEM. */
    static final String RESPONDER_KEY = "responder.key";
    /** The client's certificate, DER. */
    static final String CLIENT = "client.der";
    /** The client's key, PKCS#8 in DER. */
    static final String CLIENT_KEY = "client.key.der";

    private static final BouncyCastleProvider BC = new BouncyCastleProvider();
    private static final String SCHEME = "SHA256withECDSA";
    private static final X500Principal AUTHORITY_NAME = new X500Principal("CN=Authority, O=Load");

    private final SecureRandom random = new SecureRandom();
    private final KeyPair authority;

    private Certificates() throws GeneralSecurityException {
        authority = pair();
    }

    /** Writes all files into a folder. */
    static void write(Path folder) {
        try {
            Certificates all = new Certificates();
            KeyPair responder = all.pair();
            KeyPair client = all.pair();
            byte[] root = all.issue(AUTHORITY_NAME, all.authority, null);
            byte[] ours = all.issue(new X500Principal("CN=Responder, O=Load"), responder, Clients.RESPONDER);
            byte[] theirs = all.issue(new X500Principal("CN=Client, O=Load"), client, Clients.CERTIFIED);
            Files.writeString(folder.resolve(AUTHORITY), pem("CERTIFICATE", root));
            Files.writeString(folder.resolve(RESPONDER), pem("CERTIFICATE", ours));
            secret(
                    folder.resolve(RESPONDER_KEY),
                    pem("PRIVATE KEY", responder.getPrivate().getEncoded()));
            Files.write(folder.resolve(CLIENT), theirs);
            Files.write(folder.resolve(CLIENT_KEY), client.getPrivate().getEncoded());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException("certificates cannot be made", e);
        }
    }

    /** Returns what signs with the client's key. */
    static Signature signer(Path key) throws IOException {
        try {
            Signature signature = Signature.getInstance(SCHEME, BC);
            signature.initSign(
                    KeyFactory.getInstance("EC", BC).generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(key))));
            return signature;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the client's key cannot be used", e);
        }
    }

    private KeyPair pair() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", BC);
        generator.initialize(new ECGenParameterSpec("secp256r1"), random);
        return generator.generateKeyPair();
    }

    private byte[] issue(X500Principal subject, KeyPair keys, @org.jspecify.annotations.Nullable String name)
            throws IOException, OperatorCreationException {
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                AUTHORITY_NAME,
                new BigInteger(63, random),
                Date.from(now.minus(Duration.ofDays(1))),
                Date.from(now.plus(Duration.ofDays(60))),
                subject,
                keys.getPublic());
        if (name == null) {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        } else {
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.dNSName, name)));
        }
        return builder.build(new JcaContentSignerBuilder(SCHEME).setProvider(BC).build(authority.getPrivate()))
                .getEncoded();
    }

    private static String pem(String type, byte[] content) throws IOException {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(type, content));
        }
        return text.toString();
    }

    private static void secret(Path file, String content) throws IOException {
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
}
