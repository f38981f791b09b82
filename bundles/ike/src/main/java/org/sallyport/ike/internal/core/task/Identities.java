package org.sallyport.ike.internal.core.task;

import java.util.Optional;
import javax.security.auth.x500.X500Principal;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.IdentityType;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.Payload;

/** Identities as ID payloads (RFC 7296 section 3.5). */
final class Identities {
    /** Far longer than any name; a peer that is not authenticated yet has us compare it with many. */
    private static final int LONGEST = 2048;

    private Identities() {}

    static Payload.Identification payload(Identity identity, boolean ofInitiator) {
        Bytes value =
                switch (identity.type()) {
                    case IPV4, IPV6 -> Bytes.of(Addresses.parse(identity.text()).getAddress());
                    case FQDN, EMAIL, KEY_ID -> Bytes.ofText(identity.text());
                    case DISTINGUISHED_NAME -> Bytes.of(new X500Principal(identity.text()).getEncoded());
                };
        return new Payload.Identification(ofInitiator, identity.type().id(), value);
    }

    /** Returns who the payload names; empty when it is of a type or form that no peer is configured with. */
    static Optional<Identity> identity(Payload.Identification id) {
        for (IdentityType type : IdentityType.values()) {
            if (type.id() == id.idType() && id.value().length() <= LONGEST) {
                return text(type, id.value()).map(t -> new Identity(type, t));
            }
        }
        return Optional.empty();
    }

    private static Optional<String> text(IdentityType type, Bytes value) {
        try {
            return switch (type) {
                case IPV4, IPV6 -> {
                    int length = type == IdentityType.IPV4 ? 4 : 16;
                    yield value.length() == length
                            ? Optional.of(Addresses.of(value.toArray()).getHostAddress())
                            : Optional.empty();
                }
                case FQDN, EMAIL, KEY_ID ->
                    Optional.of(value.text()).filter(t -> t.chars().noneMatch(Character::isISOControl));
                case DISTINGUISHED_NAME -> Optional.of(new X500Principal(value.toArray()).getName());
            };
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // a distinguished name that is none
        }
    }
}
