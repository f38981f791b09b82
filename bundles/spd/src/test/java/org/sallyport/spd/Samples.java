package org.sallyport.spd;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.sallyport.api.login.Login;
import org.sallyport.spd.internal.config.Configuration;
import org.sallyport.spd.internal.config.ConfigurationCompiler;
import org.sallyport.spd.internal.config.ConfigurationFile;
import org.sallyport.spd.internal.config.ConfigurationFile.Kind;
import org.sallyport.spd.internal.config.HostAccounts;

/** Files as an administrator would write them. */
public final class Samples {
    private Samples() {}

    public static ConfigurationFile policy(String name, String... lines) {
        Map<String, String> values = new HashMap<>(Map.of("schema-version", "1", "action", "protect"));
        values.putAll(values(lines));
        if ("protect".equals(values.get("action"))) {
            values.putIfAbsent("peer", "west");
        }
        return new ConfigurationFile(
                "org.sallyport.policy-" + name + ".cfg", Kind.POLICY, name, Path.of("/nowhere/etc"), values);
    }

    public static ConfigurationFile peer(String name, String... lines) {
        Map<String, String> values = new HashMap<>(Map.of(
                "schema-version",
                "1",
                "local-identity",
                "east.example.org",
                "remote-identity",
                name + ".example.org",
                "secret-file",
                "west.psk"));
        values.putAll(values(lines));
        return new ConfigurationFile(
                "org.sallyport.peer-" + name + ".cfg", Kind.PEER, name, Path.of("/nowhere/etc"), values);
    }

    public static ConfigurationFile enforcement(String... lines) {
        Map<String, String> values = new HashMap<>(Map.of("schema-version", "1"));
        values.putAll(values(lines));
        return new ConfigurationFile(
                "org.sallyport.enforcement.cfg", Kind.ENFORCEMENT, "", Path.of("/nowhere/etc"), values);
    }

    /** Reads "key = value" lines. */
    private static Map<String, String> values(String... lines) {
        Map<String, String> values = new HashMap<>();
        for (String line : lines) {
            String[] parts = line.split("=", 2);
            values.put(parts[0].trim(), parts[1].trim());
        }
        return values;
    }

    /** Alice, 1001, of staff, 50, are the only ones there are. */
    private static final HostAccounts ACCOUNTS = new HostAccounts() {
        @Override
        public OptionalInt user(String name) {
            return name.equals("alice") ? OptionalInt.of(1001) : OptionalInt.empty();
        }

        @Override
        public OptionalInt group(String name) {
            return name.equals("staff") ? OptionalInt.of(50) : OptionalInt.empty();
        }
    };

    public static Configuration.Outcome compile(ConfigurationFile... files) {
        return compile(Set.of(), files);
    }

    /** Compiles files while these are logged in. */
    public static Configuration.Outcome compile(Set<Login> logins, ConfigurationFile... files) {
        return compiler().compile(List.of(files), List.of(), Map.of(), Optional.of(logins));
    }

    /** Returns a compiler that opens no secrets. */
    public static ConfigurationCompiler compiler() {
        return new ConfigurationCompiler(Optional.empty(), ACCOUNTS);
    }

    /** Compiles files that have no mistake. */
    public static Configuration sound(ConfigurationFile... files) {
        Configuration.Outcome outcome = compile(files);
        if (!outcome.accepted()) {
            throw new IllegalArgumentException(outcome.problems().toString());
        }
        return outcome.sound();
    }
}
