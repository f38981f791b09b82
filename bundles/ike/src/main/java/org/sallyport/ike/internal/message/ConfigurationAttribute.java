package org.sallyport.ike.internal.message;

/**
 * An attribute of a configuration payload (RFC 7296 section 3.15.1).
 *
 * @param type 0 to 32767
 * @param value empty where a value is asked for
 */
public record ConfigurationAttribute(int type, Bytes value) {
    /** Checks the ranges. */
    public ConfigurationAttribute {
        Ranges.check("attribute type", type, 0x7fff);
        Ranges.u16("attribute length", value.length());
    }
}
