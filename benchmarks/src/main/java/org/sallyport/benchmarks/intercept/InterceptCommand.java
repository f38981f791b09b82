package org.sallyport.benchmarks.intercept;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import org.sallyport.lab.command.Machine;
import org.sallyport.lab.session.Progress;
import org.sallyport.lab.topology.RunDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./sallyport bench intercept}. */
@Command(
        name = "intercept",
        mixinStandardHelpOptions = true,
        description = {
            "Measures what the interceptor costs a program's calls on protected flows whose SA stands and is leased, beside"
                    + " the same calls of the same program outside it, and how soon connections go on that one negotiation"
                    + " has held.",
            "connect_extra_us: microseconds that connect() takes more, of one UDP socket that is connected again and again"
                    + " between four protected destinations, so that a lease covers each call. TCP's are among the raw"
                    + " figures.",
            "sendto_extra_us: the same of sendto() with an address, on an unconnected UDP socket.",
            "connected_send_ratio: what send() on a connected UDP socket takes, as a multiple of outside.",
            "release_10000_ms: from when the SA is up until the last of 10,000 calls of a blocking TCP connect() is answered;"
                    + " when it has returned, after TCP's handshake, is among the raw figures."
        })
public final class InterceptCommand implements Callable<Integer> {
    @Option(names = "--rounds", defaultValue = "5", description = "of calls, 0 for none (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(
            names = "--releases",
            defaultValue = "5",
            description = "of held connections, 0 for none (default: ${DEFAULT-VALUE})")
    private int releases;

    @Option(
            names = "--connections",
            defaultValue = "10000",
            description = "that one negotiation holds (default: ${DEFAULT-VALUE})")
    private int connections;

    @Option(names = "--json", description = "print one JSON object on standard output")
    private boolean json;

    @Override
    public Integer call() throws JsonProcessingException {
        Machine.mustHaveNamespaces();
        PrintStream people = json ? System.err : System.out;
        RunDirectory.removeLeftovers();
        Runtime.getRuntime().addShutdownHook(new Thread(RunDirectory::removeOwn, "cleanup"));
        Intercept.Size size = new Intercept.Size(rounds, releases, connections);
        InterceptResult result = new Intercept(size, Progress.on(people)).run();
        result.fields().forEach((name, value) -> {
            if (value instanceof Number) {
                people.printf("%-32s %s%n", name, value);
            }
        });
        if (json) {
            System.out.println(new ObjectMapper().writeValueAsString(result.fields()));
        }
        return 0;
    }
}
