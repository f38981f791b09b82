package org.sallyport.api.proposal;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The readable names of transforms: strongSwan's, of those that RFC 8221 and 8247 require or recommend. A vendor's transform
 * of the private range is written by type and number ({@code encryption#1024/256}).
 */
final class TransformNames {
    private static final List<Integer> AES_KEY_BITS = List.of(128, 192, 256);
    private static final int FIRST_PRIVATE = 1024;
    private static final int LARGEST = 0xffff;
    private static final Pattern NUMBERED = Pattern.compile("([a-z_]+)#([0-9]{1,5})(?:/([0-9]{1,5}))?");
    private static final Pattern ADDITIONAL = Pattern.compile("ke[1-7]_.*");
    private static final Map<String, Transform> BY_NAME = new LinkedHashMap<>();
    private static final Map<Transform, String> BY_TRANSFORM = new LinkedHashMap<>();
    /** Other spellings that strongSwan has too. */
    private static final Map<String, Transform> ALIASES = new LinkedHashMap<>();
    /** AES-CCM, AES-GCM, AES-GMAC, which authenticates alone, and ChaCha20-Poly1305. */
    private static final Set<Integer> AEADS = Set.of(14, 16, 20, 21, 28);

    /** AES-GMAC with ESP, and the same with AH. */
    private static final Map<Transform, Transform> GMACS = Map.of(
            new Transform(TransformType.ENCRYPTION, 21, 128), new Transform(TransformType.INTEGRITY, 9, 0),
            new Transform(TransformType.ENCRYPTION, 21, 192), new Transform(TransformType.INTEGRITY, 10, 0),
            new Transform(TransformType.ENCRYPTION, 21, 256), new Transform(TransformType.INTEGRITY, 11, 0));

    static {
        BiConsumer<String, Integer> encryption = (name, id) -> AES_KEY_BITS.forEach(
                bits -> name("aes" + bits + name, new Transform(TransformType.ENCRYPTION, id, bits)));
        encryption.accept("gcm16", 20);
        name("chacha20poly1305", new Transform(TransformType.ENCRYPTION, 28, 0));
        encryption.accept("ccm16", 16);
        encryption.accept("ccm8", 14);
        encryption.accept("gmac", 21);
        encryption.accept("", 12);
        name("null", new Transform(TransformType.ENCRYPTION, 11, 0));
        name("sha256", new Transform(TransformType.INTEGRITY, 12, 0));
        name("sha384", new Transform(TransformType.INTEGRITY, 13, 0));
        name("sha512", new Transform(TransformType.INTEGRITY, 14, 0));
        name("aescmac", new Transform(TransformType.INTEGRITY, 8, 0));
        name("aesxcbc", new Transform(TransformType.INTEGRITY, 5, 0));
        name("prfsha256", new Transform(TransformType.PRF, 5, 0));
        name("prfsha384", new Transform(TransformType.PRF, 6, 0));
        name("prfsha512", new Transform(TransformType.PRF, 7, 0));
        name("prfaescmac", new Transform(TransformType.PRF, 8, 0));
        name("prfaesxcbc", new Transform(TransformType.PRF, 4, 0));
        name("x25519", keyExchange(31));
        name("x448", keyExchange(32));
        name("ecp256", keyExchange(19));
        name("ecp384", keyExchange(20));
        name("ecp521", keyExchange(21));
        name("ecp256bp", keyExchange(28));
        name("ecp384bp", keyExchange(29));
        name("ecp512bp", keyExchange(30));
        name("modp2048", keyExchange(14));
        name("modp3072", keyExchange(15));
        name("modp4096", keyExchange(16));
        GMACS.forEach((esp, ah) -> BY_TRANSFORM.put(ah, BY_TRANSFORM.getOrDefault(esp, "")));
        name("noesn", new Transform(TransformType.SEQUENCE_NUMBERS, 0, 0));
        name("esn", new Transform(TransformType.SEQUENCE_NUMBERS, 1, 0));
        for (int bits : AES_KEY_BITS) {
            alias("aes" + bits + "gcm128", "aes" + bits + "gcm16");
            alias("aes" + bits + "ccm128", "aes" + bits + "ccm16");
            alias("aes" + bits + "ccm64", "aes" + bits + "ccm8");
        }
        alias("sha2_256", "sha256");
        alias("sha2_384", "sha384");
        alias("sha2_512", "sha512");
        alias("curve25519", "x25519");
        alias("curve448", "x448");
    }

    private TransformNames() {}

    private static Transform keyExchange(int id) {
        return new Transform(TransformType.KEY_EXCHANGE, id, 0);
    }

    private static void name(String name, Transform transform) {
        BY_NAME.put(name, transform);
        BY_TRANSFORM.put(transform, name);
    }

    private static void alias(String alias, String name) {
        Transform transform = BY_NAME.get(name);
        if (transform != null) {
            ALIASES.put(alias, transform);
        }
    }

    /**
     * Returns what a name stands for.
     *
     * @throws IllegalArgumentException saying why there is no such, or why it is not served, and what is
     */
    static Transform transform(String name, String proposal) {
        return Optional.ofNullable(BY_NAME.get(name))
                .or(() -> Optional.ofNullable(ALIASES.get(name)))
                .or(() -> numbered(name))
                .orElseThrow(() -> new IllegalArgumentException(
                        "\"" + name + "\" in proposal \"" + proposal + "\" " + whyNot(name)));
    }

    private static Optional<Transform> numbered(String name) {
        Matcher matcher = NUMBERED.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int id = Integer.parseInt(matcher.group(2));
        int bits = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
        return Arrays.stream(TransformType.values())
                .filter(type -> word(type).equals(matcher.group(1)))
                .filter(type -> id >= FIRST_PRIVATE && id <= LARGEST && bits <= LARGEST)
                .findFirst()
                .map(type -> new Transform(type, id, bits));
    }

    private static String whyNot(String name) {
        if (ADDITIONAL.matcher(name).matches()) {
            return "is an additional key exchange (RFC 9370), which this release does not perform; leave it out";
        }
        return RefusedNames.of(name)
                .map(r -> r.why() + "; accepted in its place: " + known(r.type()))
                .orElseGet(() -> "is not a known algorithm; known are " + known());
    }

    /** Tells whether a transform encrypts and authenticates; of a vendor's nobody here knows. */
    static boolean isAead(Transform transform) {
        return transform.type() == TransformType.ENCRYPTION && AEADS.contains(transform.id());
    }

    /** Returns what AES-GMAC's name stands for with AH, whose integrity algorithm it is (RFC 4543 section 9); else the same. */
    static Transform ofAh(Transform transform) {
        return GMACS.getOrDefault(transform, transform);
    }

    /** Tells whether a transform is of the private range. */
    static boolean isPrivate(Transform transform) {
        return transform.id() >= FIRST_PRIVATE;
    }

    static String name(Transform transform) {
        String known = BY_TRANSFORM.get(transform);
        if (known != null) {
            return known;
        }
        String size = transform.keyBits() == 0 ? "" : "/" + transform.keyBits();
        return word(transform.type()) + "#" + transform.id() + size;
    }

    private static String word(TransformType type) {
        return type.name().toLowerCase(Locale.ROOT);
    }

    private static String known() {
        return String.join(", ", BY_NAME.keySet());
    }

    private static String known(TransformType type) {
        return BY_NAME.entrySet().stream()
                .filter(e -> e.getValue().type() == type)
                .map(Map.Entry::getKey)
                .collect(Collectors.joining(", "));
    }
}
