package org.sallyport.ike.internal.message;

/**
 * The fixed header (RFC 7296 section 3.1), without next payload and length, which follow from the payloads.
 *
 * @param initiatorSpi the original initiator's SPI, never 0 on the wire
 * @param responderSpi the responder's SPI, 0 in the first request
 * @param exchangeType the exchange
 * @param fromInitiator I flag: sent by the original initiator of the IKE SA
 * @param response R flag: answers the request of the same message id
 * @param higherVersion V flag: the sender could speak a higher major version
 * @param messageId 0 to 2^32-1
 */
public record IkeHeader(
        long initiatorSpi,
        long responderSpi,
        ExchangeType exchangeType,
        boolean fromInitiator,
        boolean response,
        boolean higherVersion,
        long messageId) {
    /** Length on the wire in octets. */
    public static final int LENGTH = 28;

    /** Checks the ranges. */
    public IkeHeader {
        Ranges.u32("message id", messageId);
    }

    /** A request's header. */
    public static IkeHeader request(
            long initiatorSpi, long responderSpi, ExchangeType exchangeType, boolean fromInitiator, long messageId) {
        return new IkeHeader(initiatorSpi, responderSpi, exchangeType, fromInitiator, false, false, messageId);
    }

    /** The header of the response to this request. */
    public IkeHeader toResponse(long newResponderSpi) {
        return new IkeHeader(initiatorSpi, newResponderSpi, exchangeType, !fromInitiator, true, false, messageId);
    }

    /** Such as {@code IKE_AUTH request 1}. */
    @Override
    public String toString() {
        return exchangeType + (response ? " response " : " request ") + messageId;
    }
}
