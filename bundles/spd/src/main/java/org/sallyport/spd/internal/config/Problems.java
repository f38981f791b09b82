package org.sallyport.spd.internal.config;

import java.util.ArrayList;
import java.util.List;
import org.sallyport.api.admin.ConfigurationProblem;

/** Collects mistakes, so that an administrator sees all of them at once. Not thread safe. */
public final class Problems {
    private final List<ConfigurationProblem> found = new ArrayList<>();

    /** Notes a mistake in the value of a key. */
    public void add(String file, String key, String value, String accepted) {
        found.add(new ConfigurationProblem(file, key, value, accepted));
    }

    /** Returns what was found so far. */
    public List<ConfigurationProblem> found() {
        return List.copyOf(found);
    }

    public boolean isEmpty() {
        return found.isEmpty();
    }
}
