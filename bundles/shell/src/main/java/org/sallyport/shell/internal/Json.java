package org.sallyport.shell.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes values as JSON (RFC 8259): maps, collections, numbers, truth values; durations in seconds; the rest as text. */
final class Json {
    private Json() {}

    static String write(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case Optional<?> o -> write(o.isPresent() ? o.get() : null);
            case Map<?, ?> m ->
                m.entrySet().stream()
                        .map(e -> string(String.valueOf(e.getKey())) + ":" + write(e.getValue()))
                        .collect(Collectors.joining(",", "{", "}"));
            case Collection<?> c -> c.stream().map(Json::write).collect(Collectors.joining(",", "[", "]"));
            case Boolean b -> b.toString();
            case Integer i -> i.toString();
            case Long l -> l.toString();
            case Words.Octets o -> Long.toString(o.octets());
            case Duration d -> Double.toString(d.toMillis() / 1000.0);
            case Instant i -> string(i.toString());
            default -> string(value.toString());
        };
    }

    private static String string(String text) {
        StringBuilder json = new StringBuilder(text.length() + 2).append('"');
        text.chars().forEach(c -> {
            switch (c) {
                case '"' -> json.append("\\\"");
                case '\\' -> json.append("\\\\");
                case '\n' -> json.append("\\n");
                default -> {
                    if (c < ' ' || c == 0x7f) {
                        json.append(String.format("\\u%04x", c));
                    } else {
                        json.append((char) c);
                    }
                }
            }
        });
        return json.append('"').toString();
    }
}
