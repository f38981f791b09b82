package org.sallyport.benchmarks.intercept;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sallyport.lab.appliance.Distribution;
import org.sallyport.lab.relay.Impairment;
import org.sallyport.lab.relay.Relay;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.session.Progress;
import org.sallyport.lab.session.Teardown;

/** Both measurements, in one lab: calls while an SA stands, then connections that wait for one. */
final class Intercept {
    private static final long SEED = 1;
    private static final int SPARE = 1000;

    /**
     * How much is measured.
     *
     * @param rounds of calls, 0 for none
     * @param releases of held connections, 0 for none
     * @param connections held at once
     */
    record Size(int rounds, int releases, int connections) {}

    private final Size size;
    private final Progress progress;

    Intercept(Size size, Progress progress) {
        this.size = size;
        this.progress = progress;
    }

    InterceptResult run() {
        try (Lab lab = Lab.open(plan(), Distribution.find(), progress)) {
            // They would look at every packet, and take what is measured from both.
            lab.stopOuterWitness();
            lab.stopInnerWitness();
            Priority.raise(lab.host().pid());
            Priority.raise(lab.gateway().pid());
            List<Map<String, Double>> calls = size.rounds() == 0 ? List.of() : calls(lab);
            List<Release.Result> releases = size.releases() == 0 ? List.of() : releases(lab);
            return new InterceptResult(calls, size.connections(), releases);
        }
    }

    private Lab.Plan plan() {
        Lab.Plan plan = Lab.Plan.standard("intercept", PeerKind.SALLYPORT);
        String most = Integer.toString(size.connections() + SPARE);
        return plan.withHost(plan.host()
                .withPolicy("hold-time", "60s")
                .withFile(
                        "org.sallyport.gate.cfg",
                        "maximum.holds = %s%nmaximum.holds.per.user = %s%n".formatted(most, most)));
    }

    private List<Map<String, Double>> calls(Lab lab) {
        List<Map<String, Double>> rounds = new ArrayList<>();
        try (FarSide _ = FarSide.open(lab.network().server());
                Calls calls = Calls.open(lab)) {
            progress.say("warming up");
            calls.round();
            for (int i = 0; i < size.rounds(); i++) {
                Map<String, Double> round = calls.round();
                rounds.add(round);
                progress.say("connect() %.1f us more, sendto() %.1f us more, connected send() times %.3f"
                        .formatted(
                                InterceptResult.extra(round, Calls.CONNECT),
                                InterceptResult.extra(round, Calls.SENDTO),
                                InterceptResult.ratio(round, Calls.SEND)));
            }
        }
        new Teardown(lab).run();
        return rounds;
    }

    private List<Release.Result> releases(Lab lab) {
        Relay relay = lab.relay(SEED, Optional.empty()).ikeOnly();
        Release release = new Release(lab, relay, size.connections());
        List<Release.Result> rounds = new ArrayList<>();
        for (int i = 0; i <= size.releases(); i++) {
            Release.Result round = release.round();
            if (i > 0) {
                rounds.add(round);
            }
            say(i == 0 ? "warming up" : "round %d".formatted(i), round);
            relay.both(Impairment.NONE);
            new Teardown(lab).run();
        }
        return rounds;
    }

    private void say(String what, Release.Result round) {
        progress.say("%s: all %d calls answered %.0f ms after the SA was up, all connections there after %.0f ms"
                .formatted(what, size.connections(), round.answeredMs(), round.lastMs()));
    }
}
