package org.sallyport.karaf.setup;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What a user of the console may do. */
enum Role {
    /** Look and change. */
    ADMIN,
    /** Look. */
    VIEWER;

    /** The role as configuration and JAAS principals name it. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Role> of(String label) {
        return Stream.of(values()).filter(role -> role.label().equals(label)).findFirst();
    }
}
