package org.sallyport.lab.appliance;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One line of an appliance's journal.
 *
 * @param micros microseconds since the epoch
 * @param name the event
 * @param values its keys and values, in their order
 */
public record JournalEvent(long micros, String name, Map<String, String> values) {
    private static final Pattern PAIR = Pattern.compile("([A-Za-z_][\\w-]*)=(?:\"((?:[^\"\\\\]|\\\\.)*)\"|(\\S*))");
    private static final Pattern ESCAPE = Pattern.compile("\\\\(.)");
    private static final Pattern STAMP = Pattern.compile("^(\\d{16})\\s");

    public JournalEvent {
        values = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** Reads a line; empty when it is no event. */
    static Optional<JournalEvent> parse(String line) {
        Map<String, String> values = new LinkedHashMap<>();
        Matcher pair = PAIR.matcher(line);
        while (pair.find()) {
            String quoted = pair.group(2);
            values.put(
                    pair.group(1),
                    quoted != null ? ESCAPE.matcher(quoted).replaceAll("$1") : String.valueOf(pair.group(3)));
        }
        String name = values.remove("event");
        String at = values.remove("at");
        Matcher stamp = STAMP.matcher(line);
        if (name == null || (at == null && !stamp.find())) {
            return Optional.empty();
        }
        return Optional.of(new JournalEvent(Long.parseLong(at != null ? at : stamp.group(1)), name, values));
    }

    /** A value, or the empty string. */
    public String value(String key) {
        return values.getOrDefault(key, "");
    }

    @Override
    public String toString() {
        return name + values;
    }
}
