package org.sallyport.ike.internal.fuzz;

import org.jspecify.annotations.Nullable;

/** What Jazzer calls: one target in one process, named by its argument. */
public final class JazzerTarget {
    private static @Nullable FuzzTarget target;

    private JazzerTarget() {}

    /** Takes the target's name. */
    public static void fuzzerInitialize(String[] arguments) {
        target = FuzzTarget.valueOf(arguments[0]);
    }

    /** Tries octets. */
    public static void fuzzerTestOneInput(byte[] octets) {
        FuzzTarget chosen = target;
        if (chosen == null) {
            throw new IllegalStateException("no target is named");
        }
        chosen.accept(octets);
    }
}
