package org.sallyport.api.sa;

/**
 * Names one SA on the wire: unicast SAs are found by SPI and protocol alone, never by destination address (RFC 4301
 * section 4.1). Immutable.
 *
 * @param protocol ESP or AH
 * @param spi the SPI, unsigned; 0 to 255 are reserved
 */
public record SpiKey(IpsecProtocol protocol, int spi) {
    @Override
    public String toString() {
        return String.format("%08x", spi);
    }
}
