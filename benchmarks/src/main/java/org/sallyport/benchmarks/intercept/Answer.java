package org.sallyport.benchmarks.intercept;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.sallyport.lab.process.CommandFailedException;

/**
 * A line of {@code key=value} words with which socket-calls answers an order. Immutable.
 *
 * @param values by key
 */
record Answer(Map<String, Long> values) {
    Answer {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    static Answer parse(String line) {
        Map<String, Long> values = new LinkedHashMap<>();
        try {
            for (String word : line.strip().split(" ", -1)) {
                int equals = word.indexOf('=');
                values.put(word.substring(0, equals), Long.parseLong(word.substring(equals + 1)));
            }
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            throw new CommandFailedException("socket-calls answers: " + line, e);
        }
        return new Answer(values);
    }

    long value(String key) {
        Long value = values.get(key);
        if (value == null) {
            throw new CommandFailedException("socket-calls says nothing of " + key + ": " + values);
        }
        return value;
    }

    /** Returns the median of what its calls took, in microseconds; none of them may have failed. */
    double medianMicros() {
        if (value("failed") != 0) {
            throw new CommandFailedException("calls failed that are to be timed: " + values);
        }
        return value("median_ns") / 1000.0;
    }
}
