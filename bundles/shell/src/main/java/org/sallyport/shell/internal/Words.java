package org.sallyport.shell.internal;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Values as people read them in a table. What others may have named is shown without control characters. */
final class Words {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};

    private Words() {}

    /** A number of octets that a table shows in the unit that suits it. */
    record Octets(long octets) {
        @Override
        public String toString() {
            return Long.toString(octets);
        }
    }

    static String of(@Nullable Object value) {
        return switch (value) {
            case null -> "-";
            case Optional<?> o -> of(o.isPresent() ? o.get() : null);
            case Duration d -> duration(d);
            case Instant i -> duration(Duration.between(i, Instant.now()));
            case Octets o -> octets(o.octets());
            case Boolean b -> b ? "yes" : "no";
            case Collection<?> c ->
                c.isEmpty() ? "-" : c.stream().map(Words::of).collect(Collectors.joining(", "));
            case Enum<?> e -> e.name().toLowerCase(Locale.ROOT).replace('_', '-');
            default -> value.toString().replaceAll("\\p{Cntrl}", "?");
        };
    }

    static String duration(Duration duration) {
        long seconds = duration.toSeconds();
        if (duration.isNegative()) {
            return "over";
        }
        if (seconds < 1) {
            return duration.toMillis() + "ms";
        }
        if (seconds < 60) {
            return seconds + "s";
        }
        if (seconds < 3600) {
            return seconds / 60 + "m" + seconds % 60 + "s";
        }
        return seconds < 86_400
                ? seconds / 3600 + "h" + seconds / 60 % 60 + "m"
                : seconds / 86_400 + "d" + seconds / 3600 % 24 + "h";
    }

    private static String octets(long octets) {
        double value = octets;
        int unit = 0;
        while (value >= 1024 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return unit == 0 ? octets + " B" : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
    }
}
