package org.sallyport.api.negotiation;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a peer's entry says about keys and certificates: references to where they are, never the keys themselves. Immutable;
 * keys that a built-in source does not know are kept for those of vendors.
 */
public final class Credentials {
    /** No reference at all. */
    public static final Credentials NONE = new Credentials(Map.of(), Revocation.IF_PRESENT);

    public static final String CERTIFICATE_FILE = "certificate-file";
    public static final String KEY_FILE = "key-file";
    public static final String KEY_PASSPHRASE_FILE = "key-passphrase-file";
    public static final String CA_FILES = "ca-files";
    public static final String CRL_FILES = "crl-files";
    public static final String REMOTE_CERTIFICATE_FILE = "remote-certificate-file";
    public static final String PUBLIC_KEY_FILE = "public-key-file";
    public static final String EAP_IDENTITY = "eap-identity";
    public static final String EAP_SECRET_FILE = "eap-secret-file";
    public static final String EAP_SECRETS_FOLDER = "eap-secrets-folder";

    /** What lists of revoked certificates are needed. */
    public enum Revocation {
        /** Every certificate's authority needs a list that is not out of date. */
        STRICT,
        /** A list that is there counts, and one that is out of date or absent is not missed. */
        IF_PRESENT,
        /** Lists are not looked at. */
        OFF
    }

    private final Map<String, List<String>> values;
    private final Revocation revocation;

    private Credentials(Map<String, List<String>> values, Revocation revocation) {
        this.values = Map.copyOf(values);
        this.revocation = revocation;
    }

    /**
     * Makes credentials of what a configuration says.
     *
     * @param values keys of this class and their values; paths are absolute
     */
    public static Credentials of(Map<String, List<String>> values, Revocation revocation) {
        Map<String, List<String>> copy = new TreeMap<>();
        values.forEach((key, value) -> copy.put(key, List.copyOf(value)));
        return new Credentials(copy, revocation);
    }

    /** Returns what a key says; empty when it is not there. */
    public Optional<String> one(String key) {
        return all(key).stream().findFirst();
    }

    /** Returns all that a key says. */
    public List<String> all(String key) {
        return values.getOrDefault(key, List.of());
    }

    /** Returns all of it, for people. */
    public Map<String, List<String>> values() {
        return values;
    }

    public Revocation revocation() {
        return revocation;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Credentials c && values.equals(c.values) && revocation == c.revocation;
    }

    @Override
    public int hashCode() {
        return values.hashCode() * 31 + revocation.hashCode();
    }

    @Override
    public String toString() {
        return new TreeMap<>(values) + " " + revocation;
    }
}
