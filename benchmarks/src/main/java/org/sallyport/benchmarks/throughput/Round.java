package org.sallyport.benchmarks.throughput;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one round saw of one tunnel; a measure that was not asked for is absent. Immutable.
 *
 * @param figures by name: {@code tcp1} and {@code tcp4} in Mbit/s, {@code udp64} and so on in thousands of datagrams a
 *     second, {@code rtt_p50} and {@code rtt_p99} in microseconds, {@code cpu} in milliseconds that the tunnel's processes
 *     worked for each gigabyte of {@code tcp1}
 */
record Round(Map<String, Double> figures) {
    Round {
        figures = Map.copyOf(figures);
    }

    /** Returns the figures in a fixed order, rounded for people and files. */
    Map<String, Double> ordered() {
        Map<String, Double> result = new LinkedHashMap<>();
        figures.keySet().stream().sorted().forEach(name -> result.put(name, Math.round(figure(name) * 10) / 10.0));
        return result;
    }

    double figure(String name) {
        Double value = figures.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " was not measured");
        }
        return value;
    }
}
