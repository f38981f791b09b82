package org.sallyport.ike.internal.pki;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority that makes keys, certificates and revocation lists as files. */
public final class TestAuthority {
    private static final BouncyCastleProvider BC = new BouncyCastleProvider();
    private static final AtomicLong NUMBERS = new AtomicLong(1000);

    /** A key with its certificate. */
    public record Issued(Path key, Path certificate, X509CertificateHolder holder, KeyPair pair) {}

    /** What is unusual about a certificate. */
    public static final class Shape {
        Instant from = Instant.now().minus(Duration.ofDays(1));
        Instant until = Instant.now().plus(Duration.ofDays(30));
        String signature = "";
        boolean authority;
        Consumer<JcaX509v3CertificateBuilder> more = b -> {};

        public Shape valid(Instant start, Instant end) {
            from = start;
            until = end;
            return this;
        }

        public Shape signedBy(String algorithm) {
            signature = algorithm;
            return this;
        }

        public Shape with(ASN1ObjectIdentifier extension, boolean critical, ASN1Encodable value) {
            Consumer<JcaX509v3CertificateBuilder> before = more;
            more = b -> {
                before.accept(b);
                add(b, extension, critical, value);
            };
            return this;
        }
    }

    private final Path folder;
    private final X500Principal name;
    private final String keys;
    private final Issued own;

    private TestAuthority(Path folder, X500Principal name, String keys, Issued own) {
        this.folder = folder;
        this.name = name;
        this.keys = keys;
        this.own = own;
    }

    /** Makes an authority that signs itself; its keys and those it makes are of one kind: "rsa", "ecdsa", "ed25519". */
    public static TestAuthority root(Path folder, String commonName, String keys) {
        X500Principal name = new X500Principal("CN=" + commonName + ", O=Sallyport Tests");
        KeyPair pair = pair(keys);
        Shape shape = new Shape();
        shape.authority = true;
        return new TestAuthority(
                folder, name, keys, write(folder, commonName, pair, certificate(name, pair, name, pair, keys, shape)));
    }

    /** Makes an authority below this one. */
    public TestAuthority intermediate(String commonName, Shape shape) {
        X500Principal below = new X500Principal("CN=" + commonName + ", O=Sallyport Tests");
        KeyPair pair = pair(keys);
        shape.authority = true;
        X509CertificateHolder holder = certificate(name, own.pair(), below, pair, keys, shape);
        return new TestAuthority(folder, below, keys, write(folder, commonName, pair, holder));
    }

    public Path certificate() {
        return own.certificate();
    }

    /** Makes a certificate with a host name as alternative name. */
    public Issued issue(String host) {
        return issue(host, new Shape());
    }

    public Issued issue(String host, Shape shape) {
        return issue(host, "CN=" + host + ", O=Sallyport Tests", keys, shape);
    }

    public Issued issue(String host, String subject, String kind, Shape shape) {
        KeyPair pair = pair(kind);
        shape.with(
                Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName(GeneralName.dNSName, host)));
        X509CertificateHolder holder = certificate(name, own.pair(), new X500Principal(subject), pair, keys, shape);
        return write(folder, host + "-" + NUMBERS.get(), pair, holder);
    }

    /** Writes a list of revoked certificates. */
    public Path revoke(Instant nextUpdate, Issued... revoked) {
        try {
            JcaX509v2CRLBuilder builder =
                    new JcaX509v2CRLBuilder(name, Date.from(Instant.now().minusSeconds(3600)));
            builder.setNextUpdate(Date.from(nextUpdate));
            for (Issued each : revoked) {
                builder.addCRLEntry(
                        each.holder().getSerialNumber(),
                        Date.from(Instant.now().minusSeconds(7200)),
                        CRLReason.keyCompromise);
            }
            var signer = new JcaContentSignerBuilder(algorithm(keys))
                    .setProvider(BC)
                    .build(own.pair().getPrivate());
            return pem("crl-" + NUMBERS.incrementAndGet(), builder.build(signer));
        } catch (OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static X509CertificateHolder certificate(
            X500Principal issuer, KeyPair issuerPair, X500Principal subject, KeyPair pair, String keys, Shape shape) {
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    issuer,
                    BigInteger.valueOf(NUMBERS.incrementAndGet()),
                    Date.from(shape.from),
                    Date.from(shape.until),
                    subject,
                    pair.getPublic());
            if (shape.authority) {
                add(builder, Extension.basicConstraints, true, new BasicConstraints(true));
                add(builder, Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            }
            shape.more.accept(builder);
            String signature = shape.signature.isEmpty() ? algorithm(keys) : shape.signature;
            return builder.build(
                    new JcaContentSignerBuilder(signature).setProvider(BC).build(issuerPair.getPrivate()));
        } catch (OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void add(
            JcaX509v3CertificateBuilder builder,
            ASN1ObjectIdentifier extension,
            boolean critical,
            ASN1Encodable value) {
        try {
            builder.addExtension(extension, critical, value);
        } catch (CertIOException e) {
            throw new IllegalStateException(e);
        }
    }

    public static KeyPair pair(String kind) {
        return switch (kind) {
            case "rsa" -> pair("RSA", new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4));
            case "rsa1024" -> pair("RSA", new RSAKeyGenParameterSpec(1024, RSAKeyGenParameterSpec.F4));
            case "ecdsa" -> pair("EC", new ECGenParameterSpec("secp256r1"));
            case "ecdsa384" -> pair("EC", new ECGenParameterSpec("secp384r1"));
            case "ed25519" -> pair("Ed25519", null);
            case "ed448" -> pair("Ed448", null);
            default -> throw new IllegalArgumentException(kind);
        };
    }

    private static KeyPair pair(String algorithm, @org.jspecify.annotations.Nullable AlgorithmParameterSpec size) {
        try {
            // the JDK makes RSA keys six times as fast as Bouncy Castle
            KeyPairGenerator generator = algorithm.equals("RSA")
                    ? KeyPairGenerator.getInstance(algorithm)
                    : KeyPairGenerator.getInstance(algorithm, BC);
            if (size != null) {
                generator.initialize(size);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String algorithm(String keys) {
        return switch (keys) {
            case "rsa" -> "SHA256withRSA";
            case "ecdsa" -> "SHA256withECDSA";
            default -> "Ed25519";
        };
    }

    private static Issued write(Path folder, String file, KeyPair pair, X509CertificateHolder holder) {
        String plain = file.replaceAll("[^A-Za-z0-9.-]", "_");
        return new Issued(
                writePem(folder.resolve(plain + ".key"), pair.getPrivate()),
                writePem(folder.resolve(plain + ".crt"), holder),
                holder,
                pair);
    }

    private Path pem(String file, Object content) {
        return writePem(folder.resolve(file), content);
    }

    /** Writes a file that only its owner may read. */
    public static Path writePem(Path file, Object... content) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            for (Object each : content) {
                writer.writeObject(each);
            }
            writer.flush();
            Files.deleteIfExists(file);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            return Files.writeString(file, text.toString());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
