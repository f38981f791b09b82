package org.sallyport.benchmarks.handshakes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.sallyport.lab.command.Machine;
import org.sallyport.lab.session.Progress;
import org.sallyport.lab.topology.RunDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./sallyport bench handshakes}. */
@Command(
        name = "handshakes",
        mixinStandardHelpOptions = true,
        description = "Measures what a handshake costs the responder, beside strongSwan's on the same core.")
public final class HandshakesCommand implements Callable<Integer> {
    @Option(
            names = "--methods",
            split = ",",
            defaultValue = Handshakes.PSK + "," + Handshakes.ECDSA,
            description = "how both prove who they are (default: ${DEFAULT-VALUE})")
    private List<String> methods = List.of();

    @Option(names = "--rounds", defaultValue = "5", description = "of each (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "10", description = "of a round (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(
            names = "--warm-up",
            defaultValue = "120",
            description = "seconds of load before, with each method (default: ${DEFAULT-VALUE})")
    private int warmUp;

    @Option(
            names = "--concurrent",
            defaultValue = "40",
            description = "handshakes under way (default: ${DEFAULT-VALUE})")
    private int concurrent;

    @Option(
            names = "--standing",
            defaultValue = "50000",
            description = "IKE SAs that stand at once, 0 for none (default: ${DEFAULT-VALUE})")
    private int standing;

    @Option(
            names = "--rekeying",
            defaultValue = "1000",
            description = "IKE SAs whose rekeying is watched, 0 for none (default: ${DEFAULT-VALUE})")
    private int rekeying;

    @Option(names = "--alone", description = "leave strongSwan out")
    private boolean alone;

    @Option(names = "--charon-silent", description = "have strongSwan log nothing")
    private boolean silent;

    @Option(names = "--java-options", defaultValue = "", description = "further ones of the appliance's Java")
    private String javaOptions = "";

    @Option(names = "--json", description = "print one JSON object on standard output")
    private boolean json;

    @Override
    public Integer call() throws JsonProcessingException {
        Machine.mustHaveNamespaces();
        Cores.mustBeTwo();
        PrintStream people = json ? System.err : System.out;
        RunDirectory.removeLeftovers();
        Runtime.getRuntime().addShutdownHook(new Thread(RunDirectory::removeOwn, "cleanup"));
        Progress progress = Progress.on(people);
        Map<String, List<Press>> results = rounds == 0
                ? Map.of()
                : new Handshakes(
                                new Handshakes.Size(methods, rounds, seconds, warmUp, concurrent),
                                progress,
                                javaOptions,
                                alone,
                                silent)
                        .run();
        HandshakesResult result = new HandshakesResult(
                results,
                standing == 0 ? Optional.empty() : Optional.of(new Standing(standing, progress).run()),
                rekeying == 0 ? Optional.empty() : Optional.of(new Rekeying(rekeying, progress).run()));
        result.fields().forEach((name, value) -> {
            if (value instanceof Number) {
                people.printf("%-32s %s%n", name, value);
            }
        });
        result.idle().forEach(people::println);
        if (json) {
            System.out.println(new ObjectMapper().writeValueAsString(result.fields()));
        }
        return 0;
    }
}
