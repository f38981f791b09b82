package org.sallyport.spd.internal.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * One file as an administrator wrote it. Immutable.
 *
 * @param file its name without the folder, for messages
 * @param kind what it configures
 * @param name what it names: the policy or the peer; empty where there is but one
 * @param folder where it lies; what it references is relative to that
 * @param values keys and values
 */
public record ConfigurationFile(String file, Kind kind, String name, Path folder, Map<String, String> values) {
    private static final String ENDING = ".cfg";

    public ConfigurationFile {
        values = Map.copyOf(values);
    }

    /** What a file configures; a file is named {@code PID-NAME.cfg}, or {@code PID.cfg} where there is but one. */
    public enum Kind {
        POLICY("org.sallyport.policy", true),
        PEER("org.sallyport.peer", true),
        ENFORCEMENT("org.sallyport.enforcement", false);

        private final String pid;
        private final boolean named;

        Kind(String pid, boolean named) {
            this.pid = pid;
            this.named = named;
        }

        /** Returns its persistent identity in Config Admin. */
        public String pid() {
            return pid;
        }
    }

    /** Tells what a file configures by its name; empty when it is none of ours. */
    public static Optional<Kind> kind(String file) {
        for (Kind kind : Kind.values()) {
            if (kind.named
                    ? file.startsWith(kind.pid + "-") && file.endsWith(ENDING)
                    : file.equals(kind.pid + ENDING)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    /** Returns what a file of this kind names. */
    public static String name(Kind kind, String file) {
        return kind.named ? file.substring(kind.pid.length() + 1, file.length() - ENDING.length()) : "";
    }
}
