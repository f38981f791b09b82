package org.sallyport.benchmarks.handshakes;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;
import org.sallyport.lab.process.CommandFailedException;
import org.sallyport.lab.session.Progress;
import org.sallyport.lab.topology.RunDirectory;

/** How the rekeyings of IKE SAs that came together spread over time. */
final class Rekeying {
    private static final int NUMBER = 3;
    private static final int CONCURRENT = 24;
    private static final int LIFETIME = 150;
    private static final int SOFT_LIFETIME = 100;
    private static final Duration SPARE = Duration.ofMinutes(2);

    /**
     * What was seen.
     *
     * @param ikeSas so many stood
     * @param rekeyings of their Child SAs, each counted once
     * @param seconds from the first to the last
     * @param busiest rekeyings in the busiest second
     */
    record Result(
            @JsonProperty("ike_sas") int ikeSas,
            @JsonProperty("rekeyings") int rekeyings,
            @JsonProperty("seconds") int seconds,
            @JsonProperty("busiest_second") int busiest) {
        @JsonProperty("busiest_to_mean")
        double busiestToMean() {
            return HandshakesResult.rounded((double) busiest * seconds / rekeyings);
        }
    }

    private final int ikeSas;
    private final Progress progress;

    Rekeying(int ikeSas, Progress progress) {
        this.ikeSas = ikeSas;
        this.progress = progress;
    }

    Result run() {
        try (RunDirectory directory = RunDirectory.create("rekeying");
                Ground ground = Ground.create()) {
            Certificates.write(directory.directory("certificates"));
            try (Sallyport responder = Sallyport.start(
                            ground.responder(NUMBER, "rekeying"),
                            Ground.address(NUMBER),
                            directory.path().resolve("appliance"),
                            directory.directory("certificates"),
                            "",
                            "lifetime-time = " + LIFETIME + "s\nlifetime-time-soft = " + SOFT_LIFETIME + "s\n");
                    Generator generator =
                            Generator.start(ground.load(), directory.path().resolve("load"), Ground.clients(NUMBER))) {
                return watch(responder, generator);
            }
        }
    }

    private Result watch(Sallyport responder, Generator generator) {
        generator.order(SPARE, "fill", responder.address(), ikeSas, CONCURRENT, SPARE.toSeconds() - 10);
        JsonNode watched = generator.order(Duration.ofSeconds(SOFT_LIFETIME).plus(SPARE), "watch", SOFT_LIFETIME + 5);
        List<Integer> seconds = StreamSupport.stream(watched.get("rekeyings").spliterator(), false)
                .map(JsonNode::asInt)
                .toList();
        int all = seconds.stream().mapToInt(Integer::intValue).sum();
        if (all == 0) {
            throw new CommandFailedException("nothing was rekeyed");
        }
        Result result = new Result(
                ikeSas,
                all,
                seconds.size(),
                seconds.stream().mapToInt(Integer::intValue).max().getAsInt());
        progress.say("%d of %d Child SAs rekeyed in %d s, %d in the busiest second"
                .formatted(all, ikeSas, result.seconds(), result.busiest()));
        return result;
    }
}
