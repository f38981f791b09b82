package org.sallyport.spd.internal.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads the keys of one file; what it cannot read becomes a problem, never an exception. Not thread safe. */
final class Keys {
    static final String SCHEMA_VERSION = "schema-version";
    private static final String CURRENT_SCHEMA = "1";

    /** Keys that do not exist and look as if somebody had written a secret there; messages are no place for it. */
    private static final Pattern MAY_HOLD_A_SECRET = Pattern.compile(
            "(?i)(?!(eap-)?secret-file$|eap-secrets-folder$|(public-)?key-file$|key-passphrase-file$).*(secret|psk|pass|key).*");

    private final ConfigurationFile file;
    private final Problems problems;

    Keys(ConfigurationFile file, Problems problems) {
        this.file = file;
        this.problems = problems;
    }

    /** Refuses keys that nobody reads, and a schema that is not ours. */
    void expect(Set<String> known) {
        new TreeSet<>(file.values().keySet())
                .stream()
                        .filter(key -> !known.contains(key) && !key.equals(SCHEMA_VERSION))
                        .forEach(key -> refuse(key, unknown(key, known)));
        required(SCHEMA_VERSION, "1, the only schema version there is", text -> {
            if (!text.equals(CURRENT_SCHEMA)) {
                throw new IllegalArgumentException("this version does not know it");
            }
            return text;
        });
    }

    private static String unknown(String key, Set<String> known) {
        String all = String.join(", ", new TreeSet<>(known));
        return nearest(key, known)
                .map(near -> "there is no such key; did you mean " + near + "? Known are " + all)
                .orElse("there is no such key; known are " + all);
    }

    private static Optional<String> nearest(String key, Set<String> known) {
        return known.stream()
                .min(Comparator.comparingInt((String k) -> distance(key, k)).thenComparing(Function.identity()))
                .filter(k -> distance(key, k) <= 1 + k.length() / 3)
                .or(() -> known.stream()
                        .filter(k -> k.startsWith(key) || key.startsWith(k))
                        .max(Comparator.comparingInt(String::length)));
    }

    /** Returns the least number of letters to insert, drop or change. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        Arrays.setAll(row, i -> i);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }

    boolean has(String key) {
        return !text(key).isEmpty();
    }

    String text(String key) {
        return file.values().getOrDefault(key, "").trim();
    }

    /** Reads a value; empty when it is absent, or wrong and noted as a problem. */
    <T> Optional<T> optional(String key, String accepted, Function<String, T> parser) {
        String text = text(key);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(parser.apply(text));
        } catch (IllegalArgumentException e) {
            String why = e.getMessage();
            refuse(key, "accepted: " + accepted + (why == null || why.isEmpty() ? "" : "; " + why));
            return Optional.empty();
        }
    }

    /** Reads a value that has to be there. */
    <T> Optional<T> required(String key, String accepted, Function<String, T> parser) {
        if (!has(key)) {
            refuse(key, "is missing; accepted: " + accepted);
            return Optional.empty();
        }
        return optional(key, accepted, parser);
    }

    /** Reads a value in place of which there is a default. */
    <T> T read(String key, T fallback, String accepted, Function<String, T> parser) {
        return optional(key, accepted, parser).orElse(fallback);
    }

    /** Reads a whole number within bounds. */
    int number(String key, int fallback, int lowest, int highest) {
        String accepted = "a whole number from " + lowest + " to " + highest;
        return read(key, fallback, accepted, text -> whole(text, lowest, highest));
    }

    /** Reads one of some words. */
    <E extends Enum<E>> Optional<E> word(String key, Class<E> words, boolean required) {
        String accepted =
                Arrays.stream(words.getEnumConstants()).map(Keys::spelling).collect(Collectors.joining(", "));
        Function<String, E> parser = text -> Arrays.stream(words.getEnumConstants())
                .filter(e -> spelling(e).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(""));
        return required ? required(key, accepted, parser) : optional(key, accepted, parser);
    }

    private static String spelling(Enum<?> word) {
        return word.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Notes a mistake that only several keys together make. */
    void refuse(String key, String accepted) {
        problems.add(file.file(), key, MAY_HOLD_A_SECRET.matcher(key).matches() ? "…" : text(key), accepted);
    }

    static int whole(String text, int lowest, int highest) {
        if (!text.matches("[0-9]{1,10}") || Long.parseLong(text) < lowest || Long.parseLong(text) > highest) {
            throw new IllegalArgumentException("\"" + text + "\" is none");
        }
        return Integer.parseInt(text);
    }

    /** Reads a list with commas between; empty entries are mistakes. */
    static <T> Function<String, List<T>> list(Function<String, T> parser) {
        return text -> {
            List<T> result = new ArrayList<>();
            for (String part : text.split(",", -1)) {
                if (part.isBlank()) {
                    throw new IllegalArgumentException("there is a comma too many");
                }
                result.add(parser.apply(part.trim()));
            }
            return result;
        };
    }
}
