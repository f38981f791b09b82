package org.sallyport.benchmarks.manysas;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.session.Progress;

/** Runs the rounds: everything stands at once, and takes turns within each round. */
final class ManySas {
    /**
     * How much is measured.
     *
     * @param sas that carry traffic at once
     * @param rounds of each measure
     * @param seconds of each stream
     * @param churn SAs a second that are added, rekeyed and removed meanwhile, 0 to leave that out
     * @param warmUp seconds for which that goes on before it is measured, so that compiled code is
     */
    record Size(int sas, int rounds, int seconds, int churn, int warmUp) {}

    /** What a round's traffic went by. */
    enum Way {
        /** All addresses, each by an SA of its own. */
        MANY,
        /** As many addresses, all by one SA. */
        ONE,
        /** One address, by one SA. */
        ONE_FLOW;

        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    static final String QUIET = "quiet";
    static final String CHURNED = "churned";

    private final Size size;
    private final Progress progress;

    ManySas(Size size, Progress progress) {
        this.size = size;
        this.progress = progress;
    }

    ManySasResult run() {
        try (ManyTunnel tunnel = ManyTunnel.open(size.sas(), progress)) {
            double seconds = tunnel.negotiate();
            progress.say("%d SAs stand after %.1f s".formatted(size.sas(), seconds));
            round(tunnel); // the first is what compiles the code
            List<Map<String, Carried>> rounds = new ArrayList<>();
            for (int i = 1; i <= size.rounds(); i++) {
                rounds.add(round(tunnel));
                progress.say("round %d: %s".formatted(i, ManySasResult.readable(rounds.getLast())));
            }
            List<Map<String, Carried>> disturbed = new ArrayList<>();
            List<ChurnBundle.Told> told = new ArrayList<>();
            if (size.churn() > 0) {
                disturb(tunnel, disturbed, told);
            }
            return new ManySasResult(size.sas(), seconds, tunnel.carrying(), tunnel.inClear(), rounds, disturbed, told);
        }
    }

    private Map<String, Carried> round(ManyTunnel tunnel) {
        Map<String, Carried> round = new LinkedHashMap<>();
        for (Traffic traffic : Traffic.values()) {
            for (Way way : Way.values()) {
                round.put(
                        ManySasResult.name(traffic, way),
                        tunnel.carry(addresses(tunnel, way), traffic, size.seconds()));
            }
        }
        return round;
    }

    private static Spread.Addresses addresses(ManyTunnel tunnel, Way way) {
        return switch (way) {
            case MANY -> tunnel.many();
            case ONE -> tunnel.one();
            case ONE_FLOW -> tunnel.oneFlow();
        };
    }

    private void disturb(ManyTunnel tunnel, List<Map<String, Carried>> rounds, List<ChurnBundle.Told> told) {
        List<ChurnBundle> churn = tunnel.churn(size.churn());
        progress.say("adding, rekeying and removing SAs for %d s".formatted(size.warmUp()));
        churn.forEach(ChurnBundle::start);
        Wait.pause(Duration.ofSeconds(size.warmUp()));
        churn.forEach(each -> progress.say(each.stop().toString()));
        for (int i = 1; i <= size.rounds(); i++) {
            rounds.add(disturbed(tunnel, churn, told));
            progress.say("round %d: %s, %s".formatted(i, ManySasResult.readable(rounds.getLast()), told.getLast()));
        }
    }

    private Map<String, Carried> disturbed(ManyTunnel tunnel, List<ChurnBundle> churn, List<ChurnBundle.Told> told) {
        Map<String, Carried> round = new LinkedHashMap<>();
        for (Way way : List.of(Way.MANY, Way.ONE_FLOW)) {
            round.put(way.word() + "_" + QUIET, tunnel.carry(addresses(tunnel, way), Traffic.BURSTS, size.seconds()));
            churn.forEach(ChurnBundle::start);
            round.put(way.word() + "_" + CHURNED, tunnel.carry(addresses(tunnel, way), Traffic.BURSTS, size.seconds()));
            churn.forEach(each -> told.add(each.stop()));
        }
        return round;
    }
}
