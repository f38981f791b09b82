package org.sallyport.spd.internal.config;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers with units. */
final class Units {
    static final String DURATION = "a number with ms, s, m, h or d, such as 500ms, 5s or 1h";
    static final String OCTETS = "a number with B, KiB, MiB, GiB, TiB, kB, MB, GB or TB, such as 10GiB, or none";
    static final String PACKETS = "a whole number of packets, or none";

    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("([0-9]{1,15}) ?([A-Za-z]*)");
    private static final Map<String, Duration> TIMES = Map.of(
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1));
    private static final Map<String, Long> SIZES = Map.of(
            "B", 1L,
            "KiB", 1L << 10,
            "MiB", 1L << 20,
            "GiB", 1L << 30,
            "TiB", 1L << 40,
            "kB", 1_000L,
            "MB", 1_000_000L,
            "GB", 1_000_000_000L,
            "TB", 1_000_000_000_000L);
    private static final Duration LONGEST = Duration.ofDays(3650);

    private Units() {}

    static Duration duration(String text) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("\"" + text + "\" is none");
        }
        Duration unit = unit(matcher, TIMES);
        Duration value;
        try {
            value = unit.multipliedBy(Long.parseLong(matcher.group(1)));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("it is too long", e);
        }
        if (value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("it is longer than 3650d");
        }
        return value;
    }

    static Duration positiveDuration(String text) {
        Duration value = duration(text);
        if (value.isZero()) {
            throw new IllegalArgumentException("it has to be more than nothing");
        }
        return value;
    }

    /** Returns octets, 0 for none. */
    static long octets(String text) {
        if (text.equals("none")) {
            return 0;
        }
        Matcher matcher = NUMBER_AND_UNIT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("\"" + text + "\" is none");
        }
        try {
            return Math.multiplyExact(Long.parseLong(matcher.group(1)), unit(matcher, SIZES));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("it is too much", e);
        }
    }

    /** Returns packets, 0 for none. */
    static long packets(String text) {
        if (text.equals("none")) {
            return 0;
        }
        if (!text.matches("[0-9]{1,18}")) {
            throw new IllegalArgumentException("\"" + text + "\" is none");
        }
        return Long.parseLong(text);
    }

    private static <T> T unit(Matcher matcher, Map<String, T> units) {
        String unit = matcher.group(2);
        if (unit.isEmpty()) {
            throw new IllegalArgumentException("\"" + matcher.group(1) + "\" has no unit");
        }
        T found = units.get(unit);
        if (found == null) {
            throw new IllegalArgumentException("\"" + unit + "\" is no unit");
        }
        return found;
    }
}
