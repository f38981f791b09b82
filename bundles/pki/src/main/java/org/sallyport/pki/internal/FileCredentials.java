package org.sallyport.pki.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sallyport.api.authentication.AuthenticationException;
import org.sallyport.api.authentication.CredentialSource;
import org.sallyport.api.authentication.Octets;
import org.sallyport.api.authentication.OwnKey;
import org.sallyport.api.authentication.Trust;
import org.sallyport.api.negotiation.Credentials;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.negotiation.SecretRef;
import org.sallyport.api.negotiation.SecretSource;
import org.sallyport.api.negotiation.SecretSource.SecretUnusableException;
import org.sallyport.api.secret.SecretBytes;

/**
 * Keys, certificates, revocation lists and passwords in the files that a peer's entry names. A file is read again when its
 * time, size or number changes. Thread safe.
 */
@Component(
        immediate = true,
        service = {CredentialSource.class, FileCredentials.class})
public final class FileCredentials implements CredentialSource {
    private static final int MOST_KEPT = 4096;
    /** Names of users that are names of files too. */
    private static final Pattern USER = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._@+-]{0,127}");

    private record Stamp(long modified, long size, String number) {}

    private record Kept<T>(List<Stamp> stamps, T value) {}

    private interface Reading<T> {
        T read() throws AuthenticationException;
    }

    private final SecretSource secrets;
    private final Map<List<String>, Kept<OwnKey>> keys = new ConcurrentHashMap<>();
    private final Map<List<List<String>>, Kept<Trust>> trusts = new ConcurrentHashMap<>();

    @Activate
    public FileCredentials(@Reference SecretSource secrets) {
        this.secrets = secrets;
    }

    // ---- our own key ----

    @Override
    public Optional<OwnKey> ownKey(PadEntry peer) throws AuthenticationException {
        Credentials credentials = peer.credentials();
        Optional<String> keyFile = credentials.one(Credentials.KEY_FILE);
        if (keyFile.isEmpty()) {
            return Optional.empty();
        }
        List<String> files = new ArrayList<>(List.of(keyFile.get()));
        files.addAll(credentials.all(Credentials.CERTIFICATE_FILE));
        files.addAll(credentials.all(Credentials.KEY_PASSPHRASE_FILE));
        return Optional.of(kept(keys, files, files, () -> readKey(credentials, Path.of(keyFile.get()))));
    }

    private OwnKey readKey(Credentials credentials, Path keyFile) throws AuthenticationException {
        KeyFiles.Content content = readPrivate(keyFile, credentials.one(Credentials.KEY_PASSPHRASE_FILE));
        PrivateKey privateKey =
                content.privateKey().orElseThrow(() -> Unusable.file(keyFile, "there is no private key in it"));
        List<X509Certificate> chain = new ArrayList<>();
        for (String file : credentials.all(Credentials.CERTIFICATE_FILE)) {
            chain.addAll(certificates(file));
        }
        if (chain.isEmpty()) {
            chain.addAll(content.certificates());
        }
        PublicKey publicKey = chain.isEmpty()
                ? publicHalf(keyFile, privateKey)
                : chain.getFirst().getPublicKey();
        OwnKey key = new SoftwareKey(privateKey, publicKey, chain);
        checkPair(keyFile, key);
        return key;
    }

    private KeyFiles.Content readPrivate(Path keyFile, Optional<String> passphraseFile) throws AuthenticationException {
        if (passphraseFile.isEmpty()) {
            return KeyFiles.readPrivate(keyFile, Optional.empty());
        }
        try (SecretBytes passphrase = secrets.open(new SecretRef(passphraseFile.get()))) {
            return KeyFiles.readPrivate(keyFile, Optional.of(passphrase));
        } catch (SecretUnusableException e) {
            throw new AuthenticationException(e.reason());
        }
    }

    private static PublicKey publicHalf(Path file, PrivateKey key) throws AuthenticationException {
        try {
            return KeyPairs.publicHalf(key);
        } catch (IOException e) {
            throw Unusable.file(file, String.valueOf(e.getMessage()));
        }
    }

    private static void checkPair(Path file, OwnKey key) throws AuthenticationException {
        Optional<String> weakness = Schemes.weakness(key.publicKey());
        if (weakness.isPresent()) {
            throw Unusable.file(file, weakness.get());
        }
        byte[] probe = "whether both halves belong together".getBytes(StandardCharsets.US_ASCII);
        var scheme = Schemes.of(key.publicKey()).getFirst();
        boolean pair;
        try {
            pair = Schemes.verify(
                    key.publicKey(),
                    scheme,
                    probe,
                    key.sign(scheme, Octets.of(probe)).toArray());
        } catch (AuthenticationException e) {
            pair = false; // a key of another kind than its certificate's
        }
        if (!pair) {
            throw Unusable.file(file, "it is not the key of the certificate in certificate-file");
        }
    }

    private static List<X509Certificate> certificates(String file) throws AuthenticationException {
        List<X509Certificate> found = KeyFiles.read(Path.of(file)).certificates();
        if (found.isEmpty()) {
            throw Unusable.file(file, "there is no certificate in it");
        }
        return found;
    }

    // ---- the peer's ----

    @Override
    public Optional<Trust> trust(PadEntry peer) throws AuthenticationException {
        Credentials credentials = peer.credentials();
        List<List<String>> wanted = List.of(
                credentials.all(Credentials.CA_FILES),
                credentials.all(Credentials.CRL_FILES),
                credentials.all(Credentials.REMOTE_CERTIFICATE_FILE),
                credentials.all(Credentials.PUBLIC_KEY_FILE));
        List<String> files = wanted.stream().flatMap(List::stream).toList();
        if (files.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(kept(trusts, wanted, files, () -> readTrust(credentials)));
    }

    private static Trust readTrust(Credentials credentials) throws AuthenticationException {
        List<X509Certificate> anchors = new ArrayList<>();
        List<X509Certificate> intermediates = new ArrayList<>();
        for (String file : credentials.all(Credentials.CA_FILES)) {
            for (X509Certificate each : certificates(file)) {
                (Certificates.selfSigned(each) ? anchors : intermediates).add(each);
            }
        }
        var revocations = new ArrayList<java.security.cert.X509CRL>();
        for (String file : credentials.all(Credentials.CRL_FILES)) {
            var found = KeyFiles.read(Path.of(file)).revocations();
            if (found.isEmpty()) {
                throw Unusable.file(file, "there is no revocation list in it");
            }
            revocations.addAll(found);
        }
        List<X509Certificate> pinned = new ArrayList<>();
        for (String file : credentials.all(Credentials.REMOTE_CERTIFICATE_FILE)) {
            pinned.add(certificates(file).getFirst());
        }
        return new Trust(anchors, intermediates, revocations, pinned, publicKeys(credentials));
    }

    private static List<PublicKey> publicKeys(Credentials credentials) throws AuthenticationException {
        List<PublicKey> found = new ArrayList<>();
        for (String file : credentials.all(Credentials.PUBLIC_KEY_FILE)) {
            List<PublicKey> inFile = KeyFiles.read(Path.of(file)).publicKeys();
            if (inFile.isEmpty()) {
                throw Unusable.file(file, "there is no block PUBLIC KEY in it");
            }
            for (PublicKey key : inFile) {
                Optional<String> weakness = Schemes.weakness(key);
                if (weakness.isPresent()) {
                    throw Unusable.file(file, weakness.get());
                }
                found.add(key);
            }
        }
        return found;
    }

    // ---- passwords ----

    @Override
    public Optional<SecretBytes> password(PadEntry peer, String user) throws AuthenticationException {
        Credentials credentials = peer.credentials();
        Optional<String> single = credentials.one(Credentials.EAP_SECRET_FILE);
        if (single.isPresent() && user.equals(soleUser(peer))) {
            return Optional.of(open(single.get()));
        }
        Optional<String> folder = credentials.one(Credentials.EAP_SECRETS_FOLDER);
        if (folder.isEmpty() || !USER.matcher(user).matches()) {
            return Optional.empty();
        }
        Path file = Path.of(folder.get(), user);
        return Files.exists(file) ? Optional.of(open(file.toString())) : Optional.empty();
    }

    /** Who the one password is for: we, where we prove ourselves by EAP, else the peer. */
    private static String soleUser(PadEntry peer) {
        boolean ours = org.sallyport.api.authentication.EapMethod.named(peer.localAuthentication());
        return peer.credentials()
                .one(Credentials.EAP_IDENTITY)
                .orElseGet(() -> (ours ? peer.localIdentity() : peer.remoteIdentity()).text());
    }

    private SecretBytes open(String file) throws AuthenticationException {
        try {
            return secrets.open(new SecretRef(file));
        } catch (SecretUnusableException e) {
            throw new AuthenticationException(e.reason());
        }
    }

    // ---- files that change ----

    private static <K, T> T kept(Map<K, Kept<T>> all, K name, List<String> files, Reading<T> reading)
            throws AuthenticationException {
        List<Stamp> stamps = new ArrayList<>();
        for (String file : files) {
            stamps.add(stamp(file));
        }
        Kept<T> kept = all.get(name);
        if (kept != null && kept.stamps().equals(stamps)) {
            return kept.value();
        }
        T value = reading.read();
        if (all.size() >= MOST_KEPT) {
            all.clear();
        }
        all.put(name, new Kept<>(stamps, value));
        return value;
    }

    private static Stamp stamp(String file) throws AuthenticationException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(Path.of(file), BasicFileAttributes.class);
            return new Stamp(
                    attributes.lastModifiedTime().toMillis(), attributes.size(), String.valueOf(attributes.fileKey()));
        } catch (IOException e) {
            throw Unusable.file(file, "there is no such file, or it cannot be read");
        }
    }
}
