package org.sallyport.benchmarks.rekeys;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sallyport.lab.appliance.Distribution;
import org.sallyport.lab.process.CommandFailedException;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.rekeys.Attribution;
import org.sallyport.lab.rekeys.RekeyGround;
import org.sallyport.lab.rekeys.RekeyKind;
import org.sallyport.lab.rekeys.WireWitness;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.session.Progress;
import org.sallyport.lab.topology.LabNetwork;

/** Streams of numbered datagrams both ways, at half the rate at which nothing is lost, through rekeys of each kind. */
final class Rekeys {
    private static final int UDP_AND_IP = 28;
    private static final Duration PROBE = Duration.ofSeconds(2);
    private static final Duration BEFORE = Duration.ofMillis(500);
    private static final Duration AFTER = Duration.ofSeconds(1);
    private static final Duration UNDER_WAY = Duration.ofSeconds(1);

    /**
     * How much is done.
     *
     * @param rekeys of each kind
     * @param kinds which
     * @param pause between two rekeys
     * @param octets of a datagram's payload
     * @param rate that is used, in datagrams a second each way; 0 for half of the greatest at which nothing is lost
     * @param rates that are tried in turn for that one
     */
    record Size(int rekeys, List<RekeyKind> kinds, Duration pause, int octets, int rate, List<Integer> rates) {}

    /**
     * What one kind came to.
     *
     * @param rekeys how many
     * @param seconds how long the streams ran
     * @param ours what we sealed, from the host to the server
     * @param theirs what the peer sealed
     */
    record Seen(int rekeys, double seconds, Attribution ours, Attribution theirs) {}

    /**
     * What was seen with one peer.
     *
     * @param lossless the greatest rate of those tried at which nothing was lost without rekeys; 0 if none was tried
     * @param rate that was used
     */
    record Run(int lossless, int rate, Map<RekeyKind, Seen> kinds) {}

    private final Size size;
    private final Progress progress;

    Rekeys(Size size, Progress progress) {
        this.size = size;
        this.progress = progress;
    }

    Run against(PeerKind peer) {
        try (Lab lab = Lab.open(RekeyGround.plan(peer), Distribution.find(), progress)) {
            RekeyGround ground = RekeyGround.in(lab, peer);
            ground.connect();
            int lossless = size.rate() > 0 ? 0 : lossless(ground);
            int rate = size.rate() > 0 ? size.rate() : Math.max(1, lossless / 2);
            Map<RekeyKind, Seen> kinds = new LinkedHashMap<>();
            for (RekeyKind kind : size.kinds()) {
                Seen seen = through(ground, kind, rate);
                progress.say("%s: %s".formatted(kind.key(), seen));
                kinds.put(kind, seen);
            }
            return new Run(lossless, rate, kinds);
        }
    }

    /** A rate that loses ends the search. */
    private int lossless(RekeyGround ground) {
        int found = 0;
        for (int rate : size.rates()) {
            if (!lossless(ground, rate)) {
                break;
            }
            found = rate;
        }
        if (found == 0) {
            throw new CommandFailedException(
                    "without any rekey something is lost at %d datagrams a second each way already"
                            .formatted(size.rates().getFirst()));
        }
        progress.say("nothing is lost at %d datagrams a second each way".formatted(found));
        return found;
    }

    private boolean lossless(RekeyGround ground, int rate) {
        Path folder = ground.lab().directory();
        try (WireWitness _ = WireWitness.start(ground.lab().network().wan(), folder);
                Stream out = Stream.start(host(ground), server(ground), size.octets(), rate, folder);
                Stream back = Stream.start(server(ground), host(ground), size.octets(), rate, folder)) {
            Wait.pause(PROBE);
            stop(out, back);
            boolean there = out.outcome().whole();
            return back.outcome().whole() && there;
        }
    }

    private static void stop(Stream out, Stream back) {
        out.stop();
        back.stop();
        Wait.pause(UNDER_WAY);
    }

    private static Stream.End host(RekeyGround ground) {
        return new Stream.End(ground.lab().network().host(), LabNetwork.HOST_INNER);
    }

    private static Stream.End server(RekeyGround ground) {
        return new Stream.End(ground.lab().network().server(), LabNetwork.SERVER);
    }

    private Seen through(RekeyGround ground, RekeyKind kind, int rate) {
        Path folder = ground.lab().directory();
        ground.prepare(kind, rate, size.octets() + UDP_AND_IP);
        WireWitness witness = WireWitness.start(ground.lab().network().wan(), folder);
        long begun = System.nanoTime();
        Stream.Outcome ours;
        Stream.Outcome theirs;
        try (witness;
                Stream out = Stream.start(host(ground), server(ground), size.octets(), rate, folder);
                Stream back = Stream.start(server(ground), host(ground), size.octets(), rate, folder)) {
            Wait.pause(BEFORE);
            ground.rekey(kind, size.rekeys(), size.pause());
            Wait.pause(AFTER);
            stop(out, back);
            ours = out.outcome();
            theirs = back.outcome();
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        return new Seen(
                size.rekeys(),
                Math.round(seconds * 10) / 10.0,
                Attribution.of(ours.sent(), witness.fromHost(), ours.arrivals()),
                Attribution.of(theirs.sent(), witness.toHost(), theirs.arrivals()));
    }
}
