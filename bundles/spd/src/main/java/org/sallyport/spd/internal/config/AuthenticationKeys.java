package org.sallyport.spd.internal.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.sallyport.api.authentication.AuthenticationMethod;
import org.sallyport.api.authentication.EapMethod;
import org.sallyport.api.negotiation.Credentials;
import org.sallyport.api.negotiation.Credentials.Revocation;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.negotiation.SecretRef;
import org.sallyport.api.negotiation.SecretSource;
import org.sallyport.api.negotiation.SecretSource.SecretUnusableException;
import org.sallyport.api.secret.SecretBytes;

/** Reads how a peer and we prove ourselves to each other. */
final class AuthenticationKeys {
    private static final String AUTH = "auth";
    private static final String LOCAL_AUTH = "local-auth";
    private static final String REMOTE_AUTH = "remote-auth";
    private static final String SECRET_FILE = "secret-file";
    private static final String REVOCATION = "revocation";
    private static final String AUTH_LIFETIME = "auth-lifetime";
    private static final String MSCHAPV2 = "eap-mschapv2";

    static final Set<String> KNOWN = Set.of(
            AUTH,
            LOCAL_AUTH,
            REMOTE_AUTH,
            SECRET_FILE,
            Credentials.CERTIFICATE_FILE,
            Credentials.KEY_FILE,
            Credentials.KEY_PASSPHRASE_FILE,
            Credentials.CA_FILES,
            Credentials.CRL_FILES,
            Credentials.REMOTE_CERTIFICATE_FILE,
            Credentials.PUBLIC_KEY_FILE,
            REVOCATION,
            Credentials.EAP_IDENTITY,
            Credentials.EAP_SECRET_FILE,
            Credentials.EAP_SECRETS_FOLDER,
            AUTH_LIFETIME);

    private static final List<String> BUILT_IN =
            List.of(AuthenticationMethod.PSK, AuthenticationMethod.PUBKEY, MSCHAPV2);
    private static final String METHODS =
            "psk, pubkey, eap-mschapv2, or the name of a plugin's method, which has a dot in it";

    private final ConfigurationFile file;
    private final Keys keys;
    private final Optional<SecretSource> secrets;
    private final Map<String, List<String>> values = new TreeMap<>();

    AuthenticationKeys(ConfigurationFile file, Keys keys, Optional<SecretSource> secrets) {
        this.file = file;
        this.keys = keys;
        this.secrets = secrets;
    }

    void read(PadEntry.Builder builder) {
        String both = keys.read(AUTH, AuthenticationMethod.PSK, METHODS, AuthenticationKeys::method);
        String local = keys.read(LOCAL_AUTH, both, METHODS, AuthenticationKeys::method);
        String remote = keys.read(REMOTE_AUTH, both, METHODS, AuthenticationKeys::method);
        if (keys.has(AUTH) && (keys.has(LOCAL_AUTH) || keys.has(REMOTE_AUTH))) {
            keys.refuse(AUTH, "accepted: auth alone, or local-auth and remote-auth");
        }
        builder.localAuthentication(local).remoteAuthentication(remote);
        if (local.equals(AuthenticationMethod.PSK) || remote.equals(AuthenticationMethod.PSK)) {
            keys.required(
                            SECRET_FILE,
                            "the path of a file with the pre-shared key, which only its owner may read (chmod 600);"
                                    + " relative to " + file.folder(),
                            this::secret)
                    .ifPresent(builder::secret);
        } else {
            keys.optional(SECRET_FILE, "the path of a file, which only its owner may read (chmod 600)", this::secret)
                    .ifPresent(builder::secret);
        }
        files();
        if (local.equals(AuthenticationMethod.PUBKEY) && !keys.has(Credentials.KEY_FILE)) {
            keys.refuse(Credentials.KEY_FILE, "is missing; accepted: the path of our private key, PEM or PKCS#12");
        }
        if (remote.equals(AuthenticationMethod.PUBKEY)
                && values.keySet().stream()
                        .noneMatch(
                                Set.of(
                                        Credentials.CA_FILES,
                                        Credentials.REMOTE_CERTIFICATE_FILE,
                                        Credentials.PUBLIC_KEY_FILE)::contains)) {
            keys.refuse(
                    Credentials.CA_FILES,
                    "is missing; accepted: paths of certificates of authorities, or instead remote-certificate-file or"
                            + " public-key-file");
        }
        eap(local, remote);
        Revocation revocation = keys.read(
                REVOCATION,
                Revocation.IF_PRESENT,
                "strict, if-present (the default), off",
                AuthenticationKeys::revocation);
        builder.credentials(Credentials.of(values, revocation));
        builder.authenticationLifetime(keys.read(
                AUTH_LIFETIME, Duration.ZERO, Units.DURATION + "; 0s (the default) for none", Units::duration));
    }

    private void eap(String local, String remote) {
        boolean ours = EapMethod.named(local);
        boolean theirs = EapMethod.named(remote);
        keys.optional(Credentials.EAP_IDENTITY, "a name for EAP", text -> text)
                .ifPresent(name -> values.put(Credentials.EAP_IDENTITY, List.of(name)));
        if (ours && theirs && (local.equals(MSCHAPV2) || remote.equals(MSCHAPV2))) {
            keys.refuse(
                    keys.has(AUTH) ? AUTH : LOCAL_AUTH,
                    "eap-mschapv2 does not stand alone, because passwords can be guessed by whoever answers (RFC 5998);"
                            + " accepted: local-auth and remote-auth of which one is pubkey or psk");
        } else if (ours && !keys.has(Credentials.EAP_SECRET_FILE)) {
            keys.refuse(Credentials.EAP_SECRET_FILE, "is missing; accepted: the path of a file with our password");
        } else if (theirs && !keys.has(Credentials.EAP_SECRET_FILE) && !keys.has(Credentials.EAP_SECRETS_FOLDER)) {
            keys.refuse(
                    Credentials.EAP_SECRETS_FOLDER,
                    "is missing; accepted: a folder with one file for each user, which is named like the user and has"
                            + " the password; or instead eap-secret-file for one user");
        }
    }

    private void files() {
        for (String key : List.of(
                Credentials.CERTIFICATE_FILE, Credentials.REMOTE_CERTIFICATE_FILE, Credentials.PUBLIC_KEY_FILE)) {
            keys.optional(key, "the path of a PEM file", this::present).ifPresent(p -> values.put(key, List.of(p)));
        }
        for (String key : List.of(Credentials.CA_FILES, Credentials.CRL_FILES)) {
            keys.optional(key, "paths of PEM or DER files with commas between", Keys.list(this::present))
                    .ifPresent(p -> values.put(key, p));
        }
        keys.optional(
                        Credentials.KEY_FILE,
                        "the path of a PEM or PKCS#12 file, which only its owner may read (chmod 600)",
                        this::present)
                .ifPresent(p -> values.put(Credentials.KEY_FILE, List.of(p)));
        keys.optional(Credentials.EAP_SECRETS_FOLDER, "the path of a folder", this::present)
                .ifPresent(p -> values.put(Credentials.EAP_SECRETS_FOLDER, List.of(p)));
        for (String key : List.of(Credentials.KEY_PASSPHRASE_FILE, Credentials.EAP_SECRET_FILE)) {
            keys.optional(key, "the path of a file, which only its owner may read (chmod 600)", this::secret)
                    .ifPresent(s -> values.put(key, List.of(s.file())));
        }
    }

    private static String method(String text) {
        if (!BUILT_IN.contains(text) && !text.matches("[a-z][a-z0-9-]*\\.[a-z0-9.-]+")) {
            throw new IllegalArgumentException("there is no method \"" + text + "\"");
        }
        return text;
    }

    private static Revocation revocation(String text) {
        for (Revocation each : Revocation.values()) {
            if (each.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(text)) {
                return each;
            }
        }
        throw new IllegalArgumentException("\"" + text + "\" is none");
    }

    private Path path(String text) {
        try {
            return file.folder().resolve(Path.of(text)).normalize();
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("\"" + text + "\" is no path", e);
        }
    }

    /** Looks only where secrets are looked at too: other readers of the same files need not have access. */
    private String present(String text) {
        Path path = path(text);
        if (secrets.isPresent() && !Files.isReadable(path)) {
            throw new IllegalArgumentException(path + " is not there, or cannot be read");
        }
        return path.toString();
    }

    private SecretRef secret(String text) {
        SecretRef reference = new SecretRef(path(text).toString());
        if (secrets.isPresent()) {
            try (SecretBytes usable = secrets.get().open(reference)) {
                assert usable.length() > 0;
            } catch (SecretUnusableException e) {
                throw new IllegalArgumentException(e.reason().text(), e);
            }
        }
        return reference;
    }
}
