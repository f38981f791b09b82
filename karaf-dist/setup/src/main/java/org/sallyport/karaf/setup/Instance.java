package org.sallyport.karaf.setup;

import java.nio.file.Path;

/**
 * The places of one instance.
 *
 * @param base the instance's directory, {@code KARAF_BASE}
 */
record Instance(Path base) {
    Path etc() {
        return base.resolve("etc");
    }

    /** Everything secret that the first start makes; readable by the appliance's user alone. */
    Path keys() {
        return etc().resolve("keys");
    }

    /** There when the first start has made everything; written last. */
    Path ready() {
        return keys().resolve("first-start");
    }

    /** The users' names and passwords in plain text, for whoever installs the appliance. */
    Path consolePasswords() {
        return keys().resolve("console-password");
    }

    /** Who may sign in to the console: name, password hash, role. */
    Path consoleUsers() {
        return etc().resolve(ConsoleUsers.FILE);
    }

    Path certificateStore() {
        return keys().resolve("console.p12");
    }

    Path certificateStorePassword() {
        return keys().resolve("console.p12.password");
    }

    Path hostKey() {
        return keys().resolve("ssh-host");
    }

    Path adminKey() {
        return keys().resolve("ssh-admin");
    }

    Path adminPublicKey() {
        return keys().resolve("ssh-admin.pub");
    }

    Path knownHosts() {
        return keys().resolve("known_hosts");
    }
}
