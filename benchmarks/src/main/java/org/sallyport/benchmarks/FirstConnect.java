package org.sallyport.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sallyport.lab.appliance.Distribution;
import org.sallyport.lab.process.CommandFailedException;
import org.sallyport.lab.relay.Impairment;
import org.sallyport.lab.session.Fetch;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.session.Progress;
import org.sallyport.lab.session.Teardown;
import org.sallyport.lab.witness.CapturedPacket;

/** First connections through two appliances, beside the same connection through the kernel's own policy without an SA. */
final class FirstConnect {
    private static final Duration ONE_WAY = Duration.ofMillis(20);
    private static final long SEED = 1;

    private final int connections;
    private final int baselines;
    private final Progress progress;
    private long synMax;

    FirstConnect(int connections, int baselines, Progress progress) {
        this.connections = connections;
        this.baselines = baselines;
        this.progress = progress;
    }

    FirstConnectResult run() throws InterruptedException {
        try (Lab lab = Lab.open(Lab.Plan.standard("bench", PeerKind.SALLYPORT), Distribution.find(), progress);
                KernelBaseline kernel = KernelBaseline.open()) {
            double cold = connect(lab);
            progress.say("the first after the start took %.1f ms".formatted(cold));
            List<Double> bare = new ArrayList<>();
            List<Double> baseline = new ArrayList<>();
            for (int done = 0; done < connections; done++) {
                bare.add(connect(lab));
                if (done * baselines / connections < (done + 1) * baselines / connections) {
                    baseline.add(kernel.connect(Duration.ofMillis(Math.round(Quantiles.median(bare)))));
                }
                say("bare link", done, bare);
            }
            lab.relay(SEED, Optional.empty()).both(Impairment.NONE.withDelay(ONE_WAY));
            connect(lab);
            List<Double> delayed = new ArrayList<>();
            for (int done = 0; done < connections; done++) {
                delayed.add(connect(lab));
                say("through the relay", done, delayed);
            }
            new Teardown(lab).verify();
            return new FirstConnectResult(
                    connections,
                    Quantiles.median(bare),
                    Quantiles.quantile(bare, 0.99),
                    cold,
                    Quantiles.median(baseline),
                    Quantiles.median(delayed),
                    synMax);
        }
    }

    private void say(String where, int done, List<Double> times) {
        if ((done + 1) % 20 == 0) {
            progress.say(
                    "%s: %d of %d, median %.1f ms".formatted(where, done + 1, connections, Quantiles.median(times)));
        }
    }

    /** One first connection: measured, then everything torn down on both ends. */
    private double connect(Lab lab) {
        Fetch fetch = lab.fetch();
        if (fetch.httpStatus() != 200) {
            throw new CommandFailedException("a fetch failed: " + fetch);
        }
        long syns = lab.inner().settled().stream()
                .filter(packet -> packet.isSyn() && packet.micros() >= fetch.startedMicros())
                .map(CapturedPacket::flow)
                .count();
        synMax = Math.max(synMax, syns);
        new Teardown(lab).run();
        return fetch.connectMillis();
    }
}
