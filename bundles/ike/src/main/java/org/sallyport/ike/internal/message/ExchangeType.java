package org.sallyport.ike.internal.message;

/**
 * The exchange a message belongs to (RFC 7296 section 3.1). Open: a number without a name is a value too.
 *
 * @param number 0 to 255
 */
public record ExchangeType(int number) {
    /** The first exchange (RFC 7296 section 1.2). */
    public static final ExchangeType IKE_SA_INIT = new ExchangeType(34);
    /** Authentication and the first Child SA (RFC 7296 section 1.2). */
    public static final ExchangeType IKE_AUTH = new ExchangeType(35);
    /** Further Child SAs and rekeying (RFC 7296 section 1.3). */
    public static final ExchangeType CREATE_CHILD_SA = new ExchangeType(36);
    /** Deletes, notifies, liveness (RFC 7296 section 1.4). */
    public static final ExchangeType INFORMATIONAL = new ExchangeType(37);
    /** Session resumption (RFC 5723). */
    public static final ExchangeType IKE_SESSION_RESUME = new ExchangeType(38);
    /** Group: authentication (RFC 9838). */
    public static final ExchangeType GSA_AUTH = new ExchangeType(39);
    /** Group: registration (RFC 9838). */
    public static final ExchangeType GSA_REGISTRATION = new ExchangeType(40);
    /** Group: rekeying (RFC 9838). */
    public static final ExchangeType GSA_REKEY = new ExchangeType(41);
    /** Group: rekeying of one member (RFC 9838). */
    public static final ExchangeType GSA_INBAND_REKEY = new ExchangeType(42);
    /** Between the first exchange and authentication (RFC 9242). */
    public static final ExchangeType IKE_INTERMEDIATE = new ExchangeType(43);
    /** Additional key exchanges (RFC 9370). */
    public static final ExchangeType IKE_FOLLOWUP_KE = new ExchangeType(44);

    /** Checks the range. */
    public ExchangeType {
        Ranges.octet("exchange type", number);
    }

    /** Returns the name, or the number of one without a name. */
    @Override
    public String toString() {
        return switch (number) {
            case 34 -> "IKE_SA_INIT";
            case 35 -> "IKE_AUTH";
            case 36 -> "CREATE_CHILD_SA";
            case 37 -> "INFORMATIONAL";
            case 38 -> "IKE_SESSION_RESUME";
            case 39 -> "GSA_AUTH";
            case 40 -> "GSA_REGISTRATION";
            case 41 -> "GSA_REKEY";
            case 42 -> "GSA_INBAND_REKEY";
            case 43 -> "IKE_INTERMEDIATE";
            case 44 -> "IKE_FOLLOWUP_KE";
            default -> "EXCHANGE_" + number;
        };
    }
}
