package org.sallyport.api.proposal;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The readable names of transforms: those that RFC 8221 and 8247 allow and this product knows. */
final class TransformNames {
    private static final Map<String, Transform> BY_NAME = new LinkedHashMap<>();
    private static final Map<Transform, String> BY_TRANSFORM = new LinkedHashMap<>();

    static {
        name("aes128gcm16", TransformType.ENCRYPTION, 20, 128);
        name("aes192gcm16", TransformType.ENCRYPTION, 20, 192);
        name("aes256gcm16", TransformType.ENCRYPTION, 20, 256);
        name("prfsha256", TransformType.PRF, 5, 0);
        name("prfsha384", TransformType.PRF, 6, 0);
        name("prfsha512", TransformType.PRF, 7, 0);
        name("ecp256", TransformType.KEY_EXCHANGE, 19, 0);
        name("ecp384", TransformType.KEY_EXCHANGE, 20, 0);
        name("x25519", TransformType.KEY_EXCHANGE, 31, 0);
        name("noesn", TransformType.SEQUENCE_NUMBERS, 0, 0);
        name("esn", TransformType.SEQUENCE_NUMBERS, 1, 0);
    }

    private TransformNames() {}

    private static void name(String name, TransformType type, int id, int keyBits) {
        Transform transform = new Transform(type, id, keyBits);
        BY_NAME.put(name, transform);
        BY_TRANSFORM.put(transform, name);
    }

    static Optional<Transform> transform(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    static String name(Transform transform) {
        String known = BY_TRANSFORM.get(transform);
        if (known != null) {
            return known;
        }
        String size = transform.keyBits() == 0 ? "" : "/" + transform.keyBits();
        return transform.type().name().toLowerCase(Locale.ROOT) + "#" + transform.id() + size;
    }

    static String known() {
        return String.join(", ", BY_NAME.keySet());
    }
}
