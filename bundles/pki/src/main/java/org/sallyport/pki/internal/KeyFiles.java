package org.sallyport.pki.internal;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMDecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.authentication.AuthenticationException;
import org.sallyport.api.secret.SecretBytes;

/** Reads files of keys, certificates and revocation lists: PEM, DER, and PKCS#12. */
final class KeyFiles {
    private static final int LARGEST = 32 << 20;
    private static final Set<PosixFilePermission> OF_OTHERS = PosixFilePermissions.fromString("---rwxrwx");

    private KeyFiles() {}

    /**
     * What a file holds.
     *
     * @param privateKey the first private key
     * @param certificates in the file's order
     * @param publicKeys that stand alone
     */
    record Content(
            Optional<PrivateKey> privateKey,
            List<X509Certificate> certificates,
            List<X509CRL> revocations,
            List<PublicKey> publicKeys) {}

    /** Reads a file without secrets. */
    static Content read(Path file) throws AuthenticationException {
        return content(file, octets(file), Optional.empty());
    }

    /**
     * Reads a file with a private key, which nobody but its owner may read.
     *
     * @param passphrase of the key, where it has one
     */
    static Content readPrivate(Path file, Optional<SecretBytes> passphrase) throws AuthenticationException {
        checkAccess(file);
        byte[] octets = octets(file);
        try {
            return content(file, octets, passphrase);
        } finally {
            Arrays.fill(octets, (byte) 0);
        }
    }

    private static void checkAccess(Path file) throws AuthenticationException {
        try {
            PosixFileAttributes attributes =
                    Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!attributes.isRegularFile()) {
                throw Unusable.file(file, "it is not a regular file");
            }
            if (!Collections.disjoint(attributes.permissions(), OF_OTHERS)) {
                throw Unusable.file(
                        file,
                        "others than its owner have access (" + PosixFilePermissions.toString(attributes.permissions())
                                + "); do: chmod 600 " + file);
            }
        } catch (NoSuchFileException e) {
            throw Unusable.file(file, "there is no such file");
        } catch (IOException e) {
            throw Unusable.file(file, "it cannot be read (" + e.getClass().getSimpleName() + ")");
        }
    }

    private static byte[] octets(Path file) throws AuthenticationException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] octets = in.readNBytes(LARGEST + 1);
            if (octets.length > LARGEST) {
                throw Unusable.file(file, "it is larger than " + LARGEST + " octets");
            }
            return octets;
        } catch (NoSuchFileException e) {
            throw Unusable.file(file, "there is no such file");
        } catch (IOException e) {
            throw Unusable.file(file, "it cannot be read (" + e.getClass().getSimpleName() + ")");
        }
    }

    static Content content(Path file, byte[] octets, Optional<SecretBytes> passphrase) throws AuthenticationException {
        char[] letters = passphrase.map(KeyFiles::letters).orElseGet(() -> new char[0]);
        try {
            if (octets.length > 0 && octets[0] == 0x30) {
                return binary(file, octets, letters);
            }
            return pem(file, octets, letters);
        } catch (PKCSException | OperatorCreationException | PEMException e) {
            throw Unusable.file(
                    file,
                    letters.length == 0
                            ? "its key is encrypted: name the file of its passphrase by key-passphrase-file"
                            : "the passphrase does not open it (" + e.getMessage() + ")");
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw Unusable.file(file, "it is no PEM, DER or PKCS#12 that can be read (" + e.getMessage() + ")");
        } finally {
            Arrays.fill(letters, '\0');
        }
    }

    private static char[] letters(SecretBytes passphrase) {
        return passphrase.use(utf8 -> {
            CharBuffer decoded = StandardCharsets.UTF_8.decode(java.nio.ByteBuffer.wrap(utf8));
            char[] letters = new char[decoded.remaining()];
            decoded.get(letters);
            Arrays.fill(decoded.array(), '\0');
            return letters;
        });
    }

    // ---- PEM ----

    private static Content pem(Path file, byte[] octets, char[] passphrase)
            throws AuthenticationException, IOException, GeneralSecurityException, PKCSException,
                    OperatorCreationException {
        @Nullable PrivateKey privateKey = null;
        List<X509Certificate> certificates = new ArrayList<>();
        List<X509CRL> revocations = new ArrayList<>();
        List<PublicKey> publicKeys = new ArrayList<>();
        try (Reader text = new InputStreamReader(new ByteArrayInputStream(octets), StandardCharsets.US_ASCII);
                PEMParser parser = new PEMParser(text)) {
            for (Object each = parser.readObject(); each != null; each = parser.readObject()) {
                switch (each) {
                    case X509CertificateHolder c -> certificates.add(Certificates.of(c.getEncoded()));
                    case X509CRLHolder c -> revocations.add(revocation(c.getEncoded()));
                    case SubjectPublicKeyInfo k -> publicKeys.add(converter().getPublicKey(k));
                    case PrivateKeyInfo k -> privateKey = converter().getPrivateKey(k);
                    case PEMKeyPair k -> privateKey = converter().getPrivateKey(k.getPrivateKeyInfo());
                    case PEMEncryptedKeyPair k ->
                        privateKey = converter()
                                .getPrivateKey(k.decryptKeyPair(new JcePEMDecryptorProviderBuilder()
                                                .setProvider(Bouncy.CASTLE)
                                                .build(passphrase))
                                        .getPrivateKeyInfo());
                    case PKCS8EncryptedPrivateKeyInfo k ->
                        privateKey = converter()
                                .getPrivateKey(k.decryptPrivateKeyInfo(new JceOpenSSLPKCS8DecryptorProviderBuilder()
                                        .setProvider(Bouncy.CASTLE)
                                        .build(passphrase)));
                    default -> {} // parameters of a curve, which the key has as well
                }
            }
        }
        if (privateKey == null && certificates.isEmpty() && revocations.isEmpty() && publicKeys.isEmpty()) {
            throw Unusable.file(file, "there is no PEM block of a key, certificate or revocation list in it");
        }
        return new Content(Optional.ofNullable(privateKey), certificates, revocations, publicKeys);
    }

    private static JcaPEMKeyConverter converter() {
        return new JcaPEMKeyConverter().setProvider(Bouncy.CASTLE);
    }

    private static X509CRL revocation(byte[] der) throws CertificateException, CRLException {
        return (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
    }

    // ---- DER and PKCS#12 ----

    private static Content binary(Path file, byte[] octets, char[] passphrase)
            throws AuthenticationException, GeneralSecurityException, IOException {
        try {
            return new Content(Optional.empty(), List.of(Certificates.of(octets)), List.of(), List.of());
        } catch (CertificateException notOne) {
            try {
                return new Content(Optional.empty(), List.of(), List.of(revocation(octets)), List.of());
            } catch (CRLException notThatEither) {
                return pkcs12(file, octets, passphrase);
            }
        }
    }

    private static Content pkcs12(Path file, byte[] octets, char[] passphrase)
            throws AuthenticationException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try {
            store.load(new ByteArrayInputStream(octets), passphrase);
        } catch (IOException e) {
            throw Unusable.file(
                    file,
                    passphrase.length == 0
                            ? "PKCS#12 needs a passphrase: name its file by key-passphrase-file"
                            : "the passphrase does not open it, or it is no PKCS#12");
        }
        List<X509Certificate> others = new ArrayList<>();
        for (String alias : Collections.list(store.aliases())) {
            Key key = store.getKey(alias, passphrase);
            if (key instanceof PrivateKey found) {
                List<X509Certificate> chain = Arrays.stream(store.getCertificateChain(alias))
                        .map(X509Certificate.class::cast)
                        .toList();
                return new Content(Optional.of(castle(found)), chain, List.of(), List.of());
            }
            if (store.getCertificate(alias) instanceof X509Certificate certificate) {
                others.add(certificate);
            }
        }
        return new Content(Optional.empty(), others, List.of(), List.of());
    }

    private static PrivateKey castle(PrivateKey key) throws GeneralSecurityException {
        byte[] encoded = key.getEncoded();
        try {
            String algorithm = PrivateKeyInfo.getInstance(encoded)
                    .getPrivateKeyAlgorithm()
                    .getAlgorithm()
                    .getId();
            return KeyFactory.getInstance(algorithm, Bouncy.CASTLE).generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } finally {
            Arrays.fill(encoded, (byte) 0);
        }
    }
}
