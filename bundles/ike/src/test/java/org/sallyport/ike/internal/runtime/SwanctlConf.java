package org.sallyport.ike.internal.runtime;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * What strongSwan is configured to do, as text for swanctl: the connection {@code alice} with the Child SAs {@code net1} and
 * {@code net2}. Immutable; what is called {@code with…} returns another one.
 */
final class SwanctlConf {
    private static final String CONNECTION = "connections/alice/";

    /** Values by their paths; sections come in the order of their first value. */
    private final SequencedMap<String, String> values;

    private SwanctlConf(SequencedMap<String, String> values) {
        this.values = values;
    }

    /** Both sides prove themselves by a pre-shared key. */
    static SwanctlConf psk() {
        SwanctlConf plain = new SwanctlConf(new LinkedHashMap<>())
                .with("version", "2")
                .with("local_addrs", RoutedWire.THEIRS)
                .with("remote_addrs", RoutedWire.OURS + ",0.0.0.0/0")
                .with("proposals", "aes256gcm16-prfsha384-ecp384,aes128gcm16-prfsha256-x25519")
                .with("encap", "yes")
                .with("dpd_delay", "0s")
                .with("local/auth", "psk")
                .with("local/id", "bob.example")
                .with("remote/auth", "psk")
                .with("remote/id", "alice.example")
                .withTop("secrets/ike-1/secret", "\"a secret of both\"");
        for (int i = 1; i <= 2; i++) {
            plain = plain.withChild("net" + i, "local_ts", "10.2." + i + ".0/24")
                    .withChild("net" + i, "remote_ts", "10.1." + i + ".0/24")
                    .withChild("net" + i, "esp_proposals", "aes128gcm16-noesn");
        }
        return plain;
    }

    /** Gives a value of the connection another content; its path has slashes between. */
    SwanctlConf with(String path, String value) {
        return withTop(CONNECTION + path, value);
    }

    /** The same of a Child SA. */
    SwanctlConf withChild(String child, String key, String value) {
        return with("children/" + child + "/" + key, value);
    }

    /** The same of the whole. */
    SwanctlConf withTop(String path, String value) {
        SequencedMap<String, String> changed = new LinkedHashMap<>(values);
        changed.put(path, value);
        return new SwanctlConf(changed);
    }

    /** Leaves out a value of the connection, or a whole section. */
    SwanctlConf without(String path) {
        SequencedMap<String, String> left = new LinkedHashMap<>(values);
        left.keySet().removeIf(key -> (key + "/").startsWith(CONNECTION + path + "/"));
        return new SwanctlConf(left);
    }

    /** Adds {@link TwoSides#TWIN}, a second connection, different enough for IKE SAs of its own. */
    SwanctlConf withTwin() {
        SequencedMap<String, String> both = new LinkedHashMap<>(values);
        values.forEach((path, value) -> {
            if (path.startsWith(CONNECTION)) {
                both.put("connections/" + TwoSides.TWIN + "/" + path.substring(CONNECTION.length()), value);
            }
        });
        both.put("connections/" + TwoSides.TWIN + "/rekey_time", "5h");
        return new SwanctlConf(both);
    }

    @Override
    public String toString() {
        return section(values);
    }

    private static String section(Map<String, String> content) {
        StringBuilder text = new StringBuilder();
        Map<String, SequencedMap<String, String>> sections = new LinkedHashMap<>();
        content.forEach((path, value) -> {
            String[] parts = path.split("/", 2);
            if (parts.length == 1) {
                text.append(path).append(" = ").append(value).append('\n');
            } else {
                sections.computeIfAbsent(parts[0], name -> new LinkedHashMap<>())
                        .put(parts[1], value);
            }
        });
        sections.forEach((name, inside) ->
                text.append(name).append(" {\n").append(section(inside)).append("}\n"));
        return text.toString();
    }
}
