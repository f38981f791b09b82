package org.sallyport.spd.internal.config;

import java.util.OptionalInt;

/** Knows the users and groups of this host by name. Thread safe. */
public interface HostAccounts {
    /** Takes every name, for whoever does not look at who asks. */
    HostAccounts ANY = new HostAccounts() {
        @Override
        public OptionalInt user(String name) {
            return OptionalInt.of(0);
        }

        @Override
        public OptionalInt group(String name) {
            return OptionalInt.of(0);
        }
    };

    /** Returns a user's id. */
    OptionalInt user(String name);

    /** Returns a group's id. */
    OptionalInt group(String name);
}
