package org.sallyport.spd.internal.config;

import java.util.Set;
import org.sallyport.spd.internal.kernel.Enforcement;

/** Reads how policies are enforced. */
final class EnforcementParser {
    private enum Switch {
        ON,
        OFF
    }

    private EnforcementParser() {}

    /** Reads the file; what is wrong becomes a problem. */
    static Enforcement parse(ConfigurationFile file, Problems problems) {
        Keys keys = new Keys(file, problems);
        keys.expect(Set.of("guard", "forwarded-default"));
        return new Enforcement(
                keys.word("guard", Switch.class, false).orElse(Switch.ON) == Switch.ON,
                keys.word("forwarded-default", Enforcement.Default.class, false)
                        .orElse(Enforcement.DEFAULT.forwardedDefault()));
    }
}
