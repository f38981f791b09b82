package org.sallyport.webui.internal.ui;

import java.time.Duration;
import java.util.Locale;

/** Numbers and times as people read them; the same in every locale, as in the log. */
final class Format {
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB"};
    private static final int STEP = 1000;

    private Format() {}

    /** Octets with three digits: "0 B", "1.23 kB", "45.6 MB". */
    static String octets(long octets) {
        double value = octets;
        int unit = 0;
        while (value >= STEP && unit < UNITS.length - 1) {
            value /= STEP;
            unit++;
        }
        if (unit == 0) {
            return octets + " B";
        }
        String pattern = value < 10 ? "%.2f %s" : value < 100 ? "%.1f %s" : "%.0f %s";
        return String.format(Locale.ROOT, pattern, value, UNITS[unit]);
    }

    /** A count with thin groups: "1 234 567". */
    static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count).replace(',', '\u202f');
    }

    /** A duration with its two largest units: "850 ms", "12 s", "3 min 5 s", "2 h 10 min", "4 d 3 h". */
    static String duration(Duration duration) {
        if (duration.isNegative()) {
            return "0 s";
        }
        long seconds = duration.toSeconds();
        if (seconds == 0) {
            return duration.toMillis() + " ms";
        }
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return two(seconds / 60, "min", seconds % 60, "s");
        }
        if (seconds < 86_400) {
            return two(seconds / 3600, "h", seconds % 3600 / 60, "min");
        }
        return two(seconds / 86_400, "d", seconds % 86_400 / 3600, "h");
    }

    private static String two(long large, String largeUnit, long small, String smallUnit) {
        String first = large + " " + largeUnit;
        return small == 0 ? first : first + " " + small + " " + smallUnit;
    }
}
