package org.sallyport.api.negotiation;

import org.sallyport.api.flow.Addresses;

/**
 * Who a peer says it is (RFC 7296 section 3.5). Immutable.
 *
 * @param type how it is written
 * @param text its readable form, without the type
 */
public record Identity(IdentityType type, String text) {
    /**
     * Reads the form that administrators write: an address, {@code user@host}, {@code keyid:text}, else a host name (with
     * or without a leading {@code fqdn:}).
     */
    public static Identity parse(String written) {
        String text = written.trim();
        if (text.isEmpty()) {
            throw new IllegalArgumentException("an identity is not empty");
        }
        if (text.startsWith("keyid:")) {
            return new Identity(IdentityType.KEY_ID, text.substring("keyid:".length()));
        }
        if (text.startsWith("fqdn:")) {
            return new Identity(IdentityType.FQDN, text.substring("fqdn:".length()));
        }
        if (text.indexOf('@') > 0) {
            return new Identity(IdentityType.EMAIL, text);
        }
        if (text.matches("[0-9.]+") || text.indexOf(':') >= 0) {
            boolean ipv4 = Addresses.isIpv4(Addresses.parse(text));
            return new Identity(
                    ipv4 ? IdentityType.IPV4 : IdentityType.IPV6,
                    Addresses.parse(text).getHostAddress());
        }
        return new Identity(IdentityType.FQDN, text);
    }

    @Override
    public String toString() {
        return type == IdentityType.KEY_ID ? "keyid:" + text : text;
    }
}
