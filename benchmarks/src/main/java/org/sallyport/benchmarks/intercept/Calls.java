package org.sallyport.benchmarks.intercept;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.sallyport.benchmarks.Quantiles;
import org.sallyport.lab.session.Lab;

/** The same calls of the same program inside and outside the interceptor, in turns of a tenth of a second. */
final class Calls implements AutoCloseable {
    static final String OUTSIDE = "_outside_us";
    static final String INSIDE = "_inside_us";
    static final String CONNECT = "connect";
    static final String SENDTO = "sendto";
    static final String SEND = "send";
    static final String TCP = "tcp";
    /** Before the names of what several processes did at once. */
    static final String FOUR = "four_";

    private static final int TOGETHER = 4;
    private static final int TURNS = 10;
    private static final int BURSTS = 100;
    private static final int CONNECTIONS = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<Caller> inside;
    private final List<Caller> outside;

    private Calls(List<Caller> inside, List<Caller> outside) {
        this.inside = inside;
        this.outside = outside;
    }

    /** Starts the programs. */
    static Calls open(Lab lab) {
        List<Caller> inside = new ArrayList<>();
        List<Caller> outside = new ArrayList<>();
        IntStream.range(0, TOGETHER).forEach(i -> {
            inside.add(Caller.inside(lab));
            outside.add(Caller.outside(lab));
        });
        return new Calls(inside, outside);
    }

    /** Answers the medians of one round, in microseconds, by name. */
    Map<String, Double> round() {
        Map<String, Double> medians = new LinkedHashMap<>();
        for (String call : List.of(CONNECT, SENDTO, SEND)) {
            measure(call, 1, call + " " + BURSTS, medians);
        }
        measure(TCP, 1, TCP + " " + CONNECTIONS, medians);
        for (String call : List.of(CONNECT, SENDTO, SEND)) {
            measure(FOUR + call, TOGETHER, call + " " + BURSTS, medians);
        }
        return medians;
    }

    private void measure(String name, int together, String order, Map<String, Double> medians) {
        List<Double> without = new ArrayList<>();
        List<Double> with = new ArrayList<>();
        for (int turn = 0; turn < TURNS; turn++) {
            without.add(turn(outside.subList(0, together), order));
            with.add(turn(inside.subList(0, together), order));
        }
        medians.put(name + OUTSIDE, Quantiles.median(without));
        medians.put(name + INSIDE, Quantiles.median(with));
    }

    private static double turn(List<Caller> callers, String order) {
        callers.forEach(caller -> caller.order(order));
        return Quantiles.median(callers.stream()
                .map(caller -> caller.answer(PATIENCE).medianMicros())
                .toList());
    }

    @Override
    public void close() {
        Stream.concat(inside.stream(), outside.stream()).forEach(Caller::close);
    }
}
