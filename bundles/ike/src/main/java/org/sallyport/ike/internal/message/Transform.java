package org.sallyport.ike.internal.message;

import java.util.List;
import java.util.Optional;
import org.sallyport.crypto.TransformNames;
import org.sallyport.crypto.TransformType;

/**
 * One transform of a proposal (RFC 7296 section 3.3.2).
 *
 * @param type transform type
 * @param id transform id within the type
 * @param attributes as on the wire; one that is not understood makes the transform unacceptable (section 3.3.6)
 */
public record Transform(int type, int id, List<TransformAttribute> attributes) {
    /** Encryption algorithm. */
    public static final int ENCR = 1;
    /** Pseudorandom function. */
    public static final int PRF = 2;
    /** Integrity algorithm. */
    public static final int INTEG = 3;
    /** Key exchange method. */
    public static final int KE = 4;
    /** Sequence numbers; RFC 9827 renamed extended sequence numbers. */
    public static final int ESN = 5;
    /** Id of type {@link #ESN}: 32-bit sequence numbers. */
    public static final int ESN_NO = 0;
    /** Id of type {@link #ESN}: 64-bit sequence numbers. */
    public static final int ESN_YES = 1;

    /** Checks ranges and copies the list. */
    public Transform {
        Ranges.octet("transform type", type);
        Ranges.u16("transform id", id);
        attributes = List.copyOf(attributes);
    }

    /** A transform without attributes. */
    public static Transform of(int type, int id) {
        return new Transform(type, id, List.of());
    }

    /** A transform with a key length in bits, 0 for none. */
    public static Transform of(int type, int id, int keyBits) {
        return keyBits == 0 ? of(type, id) : new Transform(type, id, List.of(TransformAttribute.keyLength(keyBits)));
    }

    /** Returns the key length in bits, 0 when there is no such attribute. */
    public int keyBits() {
        for (TransformAttribute attribute : attributes) {
            if (attribute.isKeyLength()) {
                return attribute.number();
            }
        }
        return 0;
    }

    /** Returns whether it has attributes other than one key length, which nobody here understands. */
    public boolean hasUnknownAttributes() {
        return attributes.size() > 1
                || (attributes.size() == 1 && !attributes.getFirst().isKeyLength());
    }

    /** Such as {@code ENCR_AES_GCM_16-128}. */
    @Override
    public String toString() {
        String name = algorithm().map(t -> TransformNames.of(t, id)).orElseGet(this::otherName);
        int bits = keyBits();
        return bits == 0 ? name : name + "-" + bits;
    }

    private Optional<TransformType> algorithm() {
        return switch (type) {
            case ENCR -> Optional.of(TransformType.ENCR);
            case PRF -> Optional.of(TransformType.PRF);
            case INTEG -> Optional.of(TransformType.INTEG);
            case KE -> Optional.of(TransformType.KE);
            default -> Optional.empty();
        };
    }

    private String otherName() {
        if (type == ESN) {
            return switch (id) {
                case ESN_NO -> "NO_ESN";
                case ESN_YES -> "ESN";
                default -> "ESN_" + id;
            };
        }
        if (type >= 6 && type <= 12) {
            return "ADDKE" + (type - 5) + "_" + TransformNames.of(TransformType.KE, id);
        }
        return "TRANSFORM_" + type + "_" + id;
    }
}
