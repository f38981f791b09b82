package org.sallyport.benchmarks.manysas;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What was carried in one measurement. Immutable.
 *
 * @param mbits a second, of datagrams' contents that arrived
 * @param cpu milliseconds that both appliances' processes worked for each gigabyte
 * @param workersCpu the same of the threads that carry packets alone
 * @param lost share of the datagrams that were sent
 */
record Carried(double mbits, double cpu, double workersCpu, double lost) {
    private static final double BITS_PER_OCTET = 8;

    /**
     * @param spread what the sender saw
     * @param cpuSeconds of both processes meanwhile
     * @param workersSeconds of their workers
     */
    static Carried of(Spread.Sent spread, double cpuSeconds, double workersSeconds) {
        double octets = (double) spread.received() * Traffic.OCTETS;
        double gigabytes = octets / 1e9;
        return new Carried(
                octets * BITS_PER_OCTET / spread.micros(),
                cpuSeconds * 1e3 / gigabytes,
                workersSeconds * 1e3 / gigabytes,
                (double) spread.lost() / spread.sent());
    }

    /** Returns the figures, rounded for people and files. */
    Map<String, Double> ordered() {
        Map<String, Double> result = new LinkedHashMap<>();
        result.put("mbits", rounded(mbits, 1));
        result.put("cpu", rounded(cpu, 1));
        result.put("workers_cpu", rounded(workersCpu, 1));
        result.put("lost", rounded(lost, 6));
        return result;
    }

    private static double rounded(double value, int places) {
        double factor = Math.pow(10, places);
        return Math.round(value * factor) / factor;
    }
}
