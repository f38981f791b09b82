package org.sallyport.ike.internal.message;

/**
 * A payload's number in the next payload field (RFC 7296 section 3.2). Open: a number without a name is a value too.
 *
 * @param number 0 to 255
 */
public record PayloadType(int number) {
    /** Nothing follows. */
    public static final PayloadType NONE = new PayloadType(0);
    /** Security association. */
    public static final PayloadType SA = new PayloadType(33);
    /** Key exchange. */
    public static final PayloadType KE = new PayloadType(34);
    /** Identification of the initiator. */
    public static final PayloadType ID_I = new PayloadType(35);
    /** Identification of the responder. */
    public static final PayloadType ID_R = new PayloadType(36);
    /** Certificate. */
    public static final PayloadType CERT = new PayloadType(37);
    /** Certificate request. */
    public static final PayloadType CERTREQ = new PayloadType(38);
    /** Authentication. */
    public static final PayloadType AUTH = new PayloadType(39);
    /** Nonce. */
    public static final PayloadType NONCE = new PayloadType(40);
    /** Notify. */
    public static final PayloadType NOTIFY = new PayloadType(41);
    /** Delete. */
    public static final PayloadType DELETE = new PayloadType(42);
    /** Vendor id. */
    public static final PayloadType VENDOR_ID = new PayloadType(43);
    /** Traffic selectors of the initiator. */
    public static final PayloadType TS_I = new PayloadType(44);
    /** Traffic selectors of the responder. */
    public static final PayloadType TS_R = new PayloadType(45);
    /** Encrypted and authenticated. */
    public static final PayloadType SK = new PayloadType(46);
    /** Configuration. */
    public static final PayloadType CP = new PayloadType(47);
    /** Extensible authentication. */
    public static final PayloadType EAP = new PayloadType(48);
    /** Encrypted and authenticated fragment (RFC 7383). */
    public static final PayloadType SKF = new PayloadType(53);

    /** Checks the range. */
    public PayloadType {
        Ranges.octet("payload type", number);
    }

    /** Returns the notation of RFC 7296, or the number of one without a name. */
    @Override
    public String toString() {
        return switch (number) {
            case 0 -> "none";
            case 33 -> "SA";
            case 34 -> "KE";
            case 35 -> "IDi";
            case 36 -> "IDr";
            case 37 -> "CERT";
            case 38 -> "CERTREQ";
            case 39 -> "AUTH";
            case 40 -> "Nonce";
            case 41 -> "N";
            case 42 -> "D";
            case 43 -> "V";
            case 44 -> "TSi";
            case 45 -> "TSr";
            case 46 -> "SK";
            case 47 -> "CP";
            case 48 -> "EAP";
            case 49 -> "GSPM";
            case 50 -> "IDg";
            case 51 -> "GSA";
            case 52 -> "KD";
            case 53 -> "SKF";
            case 54 -> "PS";
            default -> "payload " + number;
        };
    }
}
