package org.sallyport.benchmarks.handshakes;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sallyport.lab.process.CommandFailedException;
import org.sallyport.lab.session.Progress;
import org.sallyport.lab.topology.RunDirectory;

/** Ours and strongSwan's responder in turns on one core, under load from the other. */
final class Handshakes {
    private static final int OURS = 0;
    private static final int THEIRS = 1;
    static final String PSK = "psk";
    static final String ECDSA = "ecdsa";
    private static final Duration SPARE = Duration.ofSeconds(60);
    /** An ended IKE SA answers retransmissions for a while: what its end costs is to be within the time measured. */
    private static final int RAMP_SECONDS = 6;

    /**
     * How much is measured.
     *
     * @param methods {@value #PSK}, {@value #ECDSA} or both
     * @param rounds of each responder with each method
     * @param seconds of a round
     * @param warmUp seconds of load for our virtual machine before the first round, with each method
     * @param concurrent handshakes under way
     */
    record Size(List<String> methods, int rounds, int seconds, int warmUp, int concurrent) {}

    private final Size size;
    private final Progress progress;
    private final String javaOptions;
    private final boolean alone;
    private final boolean silent;

    Handshakes(Size size, Progress progress, String javaOptions, boolean alone, boolean silent) {
        this.size = size;
        this.progress = progress;
        this.javaOptions = javaOptions;
        this.alone = alone;
        this.silent = silent;
    }

    /** Answers what each responder did, by method and responder. */
    Map<String, List<Press>> run() {
        Map<String, List<Press>> results = new LinkedHashMap<>();
        try (RunDirectory directory = RunDirectory.create("handshakes");
                Ground ground = Ground.create()) {
            Path certificates = directory.directory("certificates");
            Certificates.write(certificates);
            List<Responder> responders = new ArrayList<>();
            try {
                responders.add(Sallyport.start(
                        ground.responder(OURS, "ours"),
                        Ground.address(OURS),
                        directory.path().resolve("ours"),
                        certificates,
                        javaOptions,
                        ""));
                if (!alone) {
                    responders.add(Charon.start(
                            ground.responder(THEIRS, "theirs"),
                            Ground.address(THEIRS),
                            directory.directory("theirs"),
                            certificates,
                            silent));
                }
                measure(ground, directory, certificates, responders, results);
            } finally {
                responders.forEach(Responder::close);
            }
        }
        return results;
    }

    private void measure(
            Ground ground,
            RunDirectory directory,
            Path certificates,
            List<Responder> responders,
            Map<String, List<Press>> results) {
        List<Generator> generators = new ArrayList<>();
        try {
            for (int i = 0; i < responders.size(); i++) {
                generators.add(
                        Generator.start(ground.load(), directory.path().resolve("load-" + i), Ground.clients(i)));
            }
            for (String method : size.methods()) {
                press(generators.getFirst(), responders.getFirst(), proof(method, certificates), size.warmUp());
            }
            for (int round = 0; round < size.rounds(); round++) {
                for (String method : size.methods()) {
                    for (int i = 0; i < responders.size(); i++) {
                        String name = method + (i == OURS ? HandshakesResult.OURS : HandshakesResult.THEIRS);
                        Press press = press(
                                generators.get(i), responders.get(i), proof(method, certificates), size.seconds());
                        results.computeIfAbsent(name, n -> new ArrayList<>()).add(press);
                        progress.say("%s: %.3f ms of CPU, %.0f handshakes a second, %.1f %% busy"
                                .formatted(name, press.cpuMillis(), press.perSecond(), press.busy() * 100));
                    }
                }
            }
        } finally {
            generators.forEach(Generator::close);
        }
    }

    private static String proof(String method, Path certificates) {
        return method.equals(ECDSA) ? certificates.toString() : method;
    }

    private Press press(Generator generator, Responder responder, String proof, int seconds) {
        JsonNode result = generator.order(
                Duration.ofSeconds(RAMP_SECONDS + seconds).plus(SPARE),
                "press",
                responder.address(),
                responder.pid(),
                proof,
                size.concurrent(),
                RAMP_SECONDS,
                seconds);
        if (result.get("handshakes").asLong() == 0) {
            throw new CommandFailedException("no handshake succeeded: " + result);
        }
        return Press.of(result);
    }
}
