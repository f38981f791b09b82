package org.sallyport.spd.internal.config;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.sallyport.spd.internal.kernel.Enforcement;

/** Reads how policies are enforced. */
final class EnforcementParser {
    private static final String PORTS = "TCP ports from 1 to 65535 with commas between, or none";

    private enum Switch {
        ON,
        OFF
    }

    private EnforcementParser() {}

    /** Reads the file; what is wrong becomes a problem. */
    static Enforcement parse(ConfigurationFile file, Problems problems) {
        Keys keys = new Keys(file, problems);
        keys.expect(Set.of("guard", "forwarded-default", "admin-ports", "confirm-within"));
        return new Enforcement(
                keys.word("guard", Switch.class, false).orElse(Switch.ON) == Switch.ON,
                keys.word("forwarded-default", Enforcement.Default.class, false)
                        .orElse(Enforcement.DEFAULT.forwardedDefault()));
    }

    /** Reads from the same file, after {@link #parse}, what keeps an administrator from being cut off. */
    static Administration administration(ConfigurationFile file, Problems problems) {
        Keys keys = new Keys(file, problems);
        return new Administration(
                keys.read("admin-ports", Administration.DEFAULT.ports(), PORTS, EnforcementParser::ports),
                keys.read(
                        "confirm-within",
                        Administration.DEFAULT.confirmWithin(),
                        Units.DURATION + ", from 10s to 1h",
                        EnforcementParser::confirmWithin));
    }

    private static Set<Integer> ports(String text) {
        return text.equals("none")
                ? Set.of()
                : Set.copyOf(
                        new TreeSet<>(Keys.list(t -> Keys.whole(t, 1, 65535)).apply(text)));
    }

    private static Duration confirmWithin(String text) {
        Duration value = Units.duration(text);
        if (value.compareTo(Administration.SHORTEST) < 0 || value.compareTo(Administration.LONGEST) > 0) {
            throw new IllegalArgumentException("\"" + text + "\" is outside");
        }
        return value;
    }
}
