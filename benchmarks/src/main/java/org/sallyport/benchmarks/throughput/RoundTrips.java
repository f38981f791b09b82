package org.sallyport.benchmarks.throughput;

import java.util.List;
import java.util.regex.Pattern;
import org.sallyport.benchmarks.Quantiles;
import org.sallyport.lab.process.CommandFailedException;
import org.sallyport.lab.topology.LabNetwork;

/**
 * How long pings take through a tunnel that carries nothing else.
 *
 * @param p50 microseconds, of the median
 * @param p99 microseconds, of the slowest but one in a hundred
 */
record RoundTrips(double p50, double p99) {
    private static final Pattern TIME = Pattern.compile("time=([0-9.]+) ms");
    private static final String EVERY = "0.001";

    /** Has a negotiation done that the first packet asks for. */
    static void first(Tunnel tunnel) {
        tunnel.client()
                .command("ping", "-q", "-I", LabNetwork.HOST_INNER, "-c", "1", "-w", "10", LabNetwork.SERVER)
                .check();
    }

    static RoundTrips measure(Tunnel tunnel, int pings) {
        String output = tunnel.client()
                .command(
                        "ping",
                        "-I",
                        LabNetwork.HOST_INNER,
                        "-i",
                        EVERY,
                        "-c",
                        Integer.toString(pings),
                        LabNetwork.SERVER)
                .check();
        List<Double> micros = TIME.matcher(output)
                .results()
                .map(found -> Double.parseDouble(found.group(1)) * 1e3)
                .toList();
        if (micros.size() < pings) {
            throw new CommandFailedException(
                    "of %d pings through %s %d were answered".formatted(pings, tunnel.name(), micros.size()));
        }
        return new RoundTrips(Quantiles.median(micros), Quantiles.quantile(micros, 0.99));
    }
}
