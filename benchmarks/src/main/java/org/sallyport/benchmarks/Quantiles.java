package org.sallyport.benchmarks;

import java.util.List;

/** Quantiles of measured values, by nearest rank: always a value that was measured. */
public final class Quantiles {
    private Quantiles() {}

    public static double median(List<Double> values) {
        return quantile(values, 0.5);
    }

    /** The smallest value that at least the given share of all values does not exceed. */
    public static double quantile(List<Double> values, double share) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("there is no quantile of nothing");
        }
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(Math.max(0, (int) Math.ceil(share * sorted.size()) - 1));
    }
}
