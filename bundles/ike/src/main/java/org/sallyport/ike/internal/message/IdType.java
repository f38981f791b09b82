package org.sallyport.ike.internal.message;

import java.net.InetAddress;
import java.net.UnknownHostException;
import javax.security.auth.x500.X500Principal;

/** Identification types (RFC 7296 section 3.5). */
public final class IdType {
    /** An IPv4 address. */
    public static final int IPV4_ADDR = 1;
    /** A domain name. */
    public static final int FQDN = 2;
    /** A mail address. */
    public static final int RFC822_ADDR = 3;
    /** An IPv6 address. */
    public static final int IPV6_ADDR = 5;
    /** A distinguished name in DER. */
    public static final int DER_ASN1_DN = 9;
    /** A general name in DER. */
    public static final int DER_ASN1_GN = 10;
    /** Octets without meaning to anybody else. */
    public static final int KEY_ID = 11;
    /** No identity at all (RFC 7619). */
    public static final int NULL = 13;

    private IdType() {}

    static String text(int type, Bytes value) {
        return switch (type) {
            case IPV4_ADDR, IPV6_ADDR -> address(value);
            case FQDN -> "fqdn:" + printable(value.text());
            case RFC822_ADDR -> "email:" + printable(value.text());
            case DER_ASN1_DN -> "dn:" + distinguishedName(value);
            case DER_ASN1_GN -> "gn:" + value;
            case KEY_ID -> "keyid:" + value;
            case NULL -> "null";
            default -> "id" + type + ":" + value;
        };
    }

    private static String address(Bytes value) {
        try {
            return "ip:" + InetAddress.getByAddress(value.toArray()).getHostAddress();
        } catch (UnknownHostException e) {
            return "ip:" + value; // of a length that no address has: shown as it came
        }
    }

    private static String distinguishedName(Bytes value) {
        try {
            return printable(new X500Principal(value.toArray()).getName());
        } catch (IllegalArgumentException e) {
            return value.toString(); // no name: shown as it came
        }
    }

    /** A peer's text must not break a log line. */
    private static String printable(String text) {
        return text.codePoints()
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
