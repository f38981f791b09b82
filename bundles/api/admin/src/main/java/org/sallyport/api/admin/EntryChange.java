package org.sallyport.api.admin;

import java.util.List;

/**
 * How one policy, one peer or the settings would change. Immutable.
 *
 * @param kind which of these
 * @param name of the policy or peer; empty for the settings
 * @param change what happens to it
 * @param keys which keys differ, when it is changed
 */
public record EntryChange(Kind kind, String name, Change change, List<KeyChange> keys) {
    public EntryChange {
        keys = List.copyOf(keys);
    }

    /** What an entry is. */
    public enum Kind {
        POLICY,
        PEER,
        SETTINGS
    }

    /** What happens to an entry. */
    public enum Change {
        ADDED,
        CHANGED,
        REMOVED,
        /** It is the same, but asked before or after others than it was. */
        REORDERED
    }

    /**
     * A key that differs.
     *
     * @param key as in its file
     * @param before in readable form, empty when there was none
     * @param after in readable form, empty when there is none
     */
    public record KeyChange(String key, String before, String after) {}
}
