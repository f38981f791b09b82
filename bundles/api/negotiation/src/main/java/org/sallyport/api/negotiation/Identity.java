package org.sallyport.api.negotiation;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;
import org.sallyport.api.flow.Addresses;

/**
 * Who a peer says it is (RFC 7296 section 3.5). Immutable.
 *
 * @param type how it is written
 * @param text its readable form, without the type
 */
public record Identity(IdentityType type, String text) {
    private static final String ANY = "*";
    private static final Pattern DISTINGUISHED_NAME = Pattern.compile("(?is)[a-z][a-z0-9.]*\\s*=.*");
    private static final Pattern IPV4_LITERAL = Pattern.compile("[0-9.]+");

    /**
     * Reads the form that administrators write: an address, {@code user@host}, {@code keyid:text}, a distinguished name
     * ({@code CN=gw, O=Example}), else a host name (with or without a leading {@code fqdn:}). A pattern is written
     * {@code *.example.org}, {@code *@example.org}, {@code CN=*, O=Example}, or {@code *} for whoever it may be.
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
        if (DISTINGUISHED_NAME.matcher(text).matches()) {
            return new Identity(IdentityType.DISTINGUISHED_NAME, new X500Principal(text).getName());
        }
        if (text.indexOf('@') > 0) {
            return new Identity(IdentityType.EMAIL, text);
        }
        if (IPV4_LITERAL.matcher(text).matches() || text.indexOf(':') >= 0) {
            boolean ipv4 = Addresses.isIpv4(Addresses.parse(text));
            return new Identity(
                    ipv4 ? IdentityType.IPV4 : IdentityType.IPV6,
                    Addresses.parse(text).getHostAddress());
        }
        return new Identity(IdentityType.FQDN, text);
    }

    /** Tells whether it stands for several. */
    public boolean isPattern() {
        return switch (type) {
            case FQDN, EMAIL -> text.startsWith(ANY);
            case DISTINGUISHED_NAME -> names(text).stream().anyMatch(rdn -> ANY.equals(rdn.getValue()));
            case IPV4, IPV6, KEY_ID -> false;
        };
    }

    /**
     * Tells whether an identity is this one, or one that this pattern stands for. {@code *.example.org} stands for every
     * name that ends so, {@code *@example.org} for every user there; in a distinguished name {@code *} stands for any one
     * value, and their number and order count. Letters' cases do not count but in key ids.
     */
    public boolean matches(Identity claimed) {
        if (type == IdentityType.FQDN && text.equals(ANY)) {
            return true;
        }
        return type == claimed.type
                && switch (type) {
                    case IPV4, IPV6, KEY_ID -> text.equals(claimed.text);
                    case FQDN, EMAIL -> matchesText(claimed.text);
                    case DISTINGUISHED_NAME -> matches(names(text), names(claimed.text));
                };
    }

    private boolean matchesText(String claimed) {
        if (!text.startsWith(ANY)) {
            return text.equalsIgnoreCase(claimed);
        }
        String end = text.substring(ANY.length()).toLowerCase(Locale.ROOT);
        return claimed.length() > end.length()
                && claimed.toLowerCase(Locale.ROOT).endsWith(end);
    }

    private static boolean matches(List<Rdn> pattern, List<Rdn> claimed) {
        if (pattern.isEmpty() || pattern.size() != claimed.size()) {
            return false;
        }
        for (int i = 0; i < pattern.size(); i++) {
            Rdn own = pattern.get(i);
            boolean any = ANY.equals(own.getValue())
                    && own.size() == 1
                    && claimed.get(i).size() == 1
                    && own.getType().equalsIgnoreCase(claimed.get(i).getType());
            if (!any && !own.equals(claimed.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static List<Rdn> names(String name) {
        try {
            return new LdapName(name).getRdns();
        } catch (InvalidNameException e) {
            return List.of(); // a peer's name that is none matches nothing
        }
    }

    @Override
    public String toString() {
        return type == IdentityType.KEY_ID ? "keyid:" + text : text;
    }
}
