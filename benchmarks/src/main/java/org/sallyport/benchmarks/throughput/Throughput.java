package org.sallyport.benchmarks.throughput;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.sallyport.benchmarks.ProcessCpu;
import org.sallyport.lab.session.Progress;
import org.sallyport.lab.topology.RunDirectory;

/** Runs the rounds: all tunnels stand at once, and take turns within each round. */
final class Throughput {
    static final List<Integer> DATAGRAMS = List.of(64, 512, 1352);
    static final String BARE = "bare";
    static final String LIBIPSEC = "libipsec";
    static final String WIREGUARD = "wireguard";
    static final String JDK = "jdk";
    static final String NATIVE = "native";
    static final String NONE = "none";

    private static final int EQUAL_BUFFER = 212_992;
    private static final double BITS_PER_GIGABYTE = 8e3;

    /**
     * How much is measured.
     *
     * @param rounds of each measure
     * @param seconds of each iperf3
     * @param pings of a round
     */
    record Size(int rounds, int seconds, int pings) {}

    /** What a tunnel is measured by. */
    private enum Measures {
        /** One TCP stream. */
        STREAM,
        /** Everything. */
        ALL
    }

    private record Contestant(Tunnel tunnel, Iperf iperf, Measures measures) {}

    private final Size size;
    private final Progress progress;
    private final Map<String, Long> inClear = new LinkedHashMap<>();

    Throughput(Size size, Progress progress) {
        this.size = size;
        this.progress = progress;
    }

    /** Measures each as it comes out of the box. */
    Map<String, List<Round>> outOfTheBox() {
        try (Contest contest = new Contest()) {
            contest.enter(BareWire::open, Measures.ALL);
            contest.enter(Libipsec::open, Measures.ALL);
            contest.enter(WireGuard::open, Measures.ALL);
            contest.enter(() -> sallyport(JDK, SallyportTunnel.Cryptography.JDK, 0), Measures.ALL);
            contest.enter(() -> sallyport(NATIVE, SallyportTunnel.Cryptography.NATIVE, 0), Measures.ALL);
            contest.enter(() -> sallyport(NONE, SallyportTunnel.Cryptography.NONE, 0), Measures.STREAM);
            return contest.run();
        }
    }

    /** Measures ours with the socket buffers that strongSwan has: the kernel's usual ones. */
    Map<String, List<Round>> equalBuffers() {
        try (Contest contest = new Contest()) {
            contest.enter(Libipsec::open, Measures.STREAM);
            contest.enter(() -> sallyport(JDK, SallyportTunnel.Cryptography.JDK, EQUAL_BUFFER), Measures.STREAM);
            contest.enter(() -> sallyport(NATIVE, SallyportTunnel.Cryptography.NATIVE, EQUAL_BUFFER), Measures.STREAM);
            return contest.run();
        }
    }

    /** Returns how many packets crossed the outer wire in clear, of each tunnel of ours. */
    Map<String, Long> inClear() {
        return Map.copyOf(inClear);
    }

    private Tunnel sallyport(String name, SallyportTunnel.Cryptography cryptography, int buffers) {
        return SallyportTunnel.open(name, cryptography, buffers, progress);
    }

    /** Tunnels that stand beside each other, and what was seen of them. */
    private final class Contest implements AutoCloseable {
        private final Deque<AutoCloseable> parts = new ArrayDeque<>();
        private final List<Contestant> contestants = new ArrayList<>();
        private final RunDirectory directory = kept(RunDirectory.create("throughput"));

        void enter(Supplier<? extends Tunnel> opening, Measures measures) {
            Tunnel tunnel = kept(opening.get());
            tunnel.network().offload();
            RoundTrips.first(tunnel);
            Iperf iperf =
                    kept(Iperf.open(tunnel, size.seconds(), directory.path().resolve(tunnel.name() + ".log")));
            contestants.add(new Contestant(tunnel, iperf, measures));
        }

        private <T extends AutoCloseable> T kept(T part) {
            parts.push(part);
            return part;
        }

        Map<String, List<Round>> run() {
            Map<String, List<Round>> results = new LinkedHashMap<>();
            for (int i = 1; i <= size.rounds(); i++) {
                for (Contestant each : contestants) {
                    Round round = round(each, directory.path());
                    results.computeIfAbsent(each.tunnel().name(), _ -> new ArrayList<>())
                            .add(round);
                    progress.say("round %d, %s: %s".formatted(i, each.tunnel().name(), round.ordered()));
                }
            }
            contestants.forEach(each -> each.tunnel()
                    .inClear()
                    .ifPresent(packets -> inClear.merge(each.tunnel().name(), packets, Long::sum)));
            return results;
        }

        @Override
        public void close() {
            while (!parts.isEmpty()) {
                try {
                    parts.pop().close();
                } catch (Exception failure) {
                    progress.say("cleaning up: " + failure.getMessage());
                }
            }
        }
    }

    /** Round trips come first: those of the first round are the first packets after all were ready. */
    private Round round(Contestant contestant, Path folder) {
        Map<String, Double> figures = new HashMap<>();
        boolean all = contestant.measures() == Measures.ALL;
        if (all) {
            RoundTrips trips = RoundTrips.measure(contestant.tunnel(), size.pings());
            figures.put("rtt_p50", trips.p50());
            figures.put("rtt_p99", trips.p99());
        }
        stream(contestant, figures);
        if (all) {
            figures.put("tcp4", contestant.iperf().tcp(4));
            DATAGRAMS.forEach(octets ->
                    figures.put("udp" + octets, Flood.delivered(contestant.tunnel(), octets, size.seconds(), folder)));
        }
        return new Round(figures);
    }

    private void stream(Contestant contestant, Map<String, Double> figures) {
        double before = cpuSeconds(contestant.tunnel());
        double rate = contestant.iperf().tcp(1);
        double used = cpuSeconds(contestant.tunnel()) - before;
        figures.put("tcp1", rate);
        figures.put("cpu", used * 1e3 / (rate * size.seconds() / BITS_PER_GIGABYTE));
    }

    private static double cpuSeconds(Tunnel tunnel) {
        return tunnel.carriers().stream().mapToDouble(ProcessCpu::seconds).sum();
    }
}
