package org.sallyport.ike.internal.message;

/** Protocol ids of proposals, notifies and deletes (RFC 7296 section 3.3.1). */
public final class ProtocolId {
    /** None: a notify that concerns no SA. */
    public static final int NONE = 0;
    /** The IKE SA itself. */
    public static final int IKE = 1;
    /** Authentication header. */
    public static final int AH = 2;
    /** Encapsulating security payload. */
    public static final int ESP = 3;

    private ProtocolId() {}

    /** Returns how long an SPI of this protocol is on the wire, 0 where there is none or it is not known. */
    public static int spiLength(int protocol) {
        return switch (protocol) {
            case IKE -> 8;
            case AH, ESP -> 4;
            default -> 0;
        };
    }

    /** Returns the name, or the number of one without a name. */
    public static String name(int protocol) {
        return switch (protocol) {
            case NONE -> "none";
            case IKE -> "IKE";
            case AH -> "AH";
            case ESP -> "ESP";
            default -> "protocol " + protocol;
        };
    }
}
