package org.sallyport.benchmarks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import org.sallyport.benchmarks.handshakes.HandshakesCommand;
import org.sallyport.benchmarks.intercept.InterceptCommand;
import org.sallyport.benchmarks.manysas.ManySasCommand;
import org.sallyport.benchmarks.rekeys.RekeysCommand;
import org.sallyport.benchmarks.throughput.ThroughputCommand;
import org.sallyport.lab.command.Machine;
import org.sallyport.lab.process.CommandFailedException;
import org.sallyport.lab.session.Progress;
import org.sallyport.lab.topology.RunDirectory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./sallyport bench}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        subcommands = {
            HandshakesCommand.class,
            InterceptCommand.class,
            LookupsCommand.class,
            ManySasCommand.class,
            RekeysCommand.class,
            ThroughputCommand.class,
            SimulateCommand.class,
            FuzzCommand.class
        },
        description = "Measures, side by side with what there was before.")
public final class BenchCommand {
    private BenchCommand() {}

    /** Runs the command and ends with its status. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new BenchCommand())
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    if (!(failure instanceof CommandFailedException)) {
                        throw failure;
                    }
                    System.err.println("sallyport bench: " + failure.getMessage());
                    return 1;
                })
                .execute(arguments));
    }

    @Command(
            name = "first-connect",
            mixinStandardHelpOptions = true,
            description = "Times first connections, each of which needs its own IKE SA and Child SA.")
    int firstConnect(
            @Option(names = "--connections", defaultValue = "100", description = "how many (default: ${DEFAULT-VALUE})")
                    int connections,
            @Option(
                            names = "--baselines",
                            defaultValue = "20",
                            description = "of the kernel (default: ${DEFAULT-VALUE})")
                    int baselines,
            @Option(names = "--json", description = "print one JSON object on standard output") boolean json)
            throws InterruptedException, JsonProcessingException {
        Machine.mustHaveNamespaces();
        PrintStream people = json ? System.err : System.out;
        RunDirectory.removeLeftovers();
        Runtime.getRuntime().addShutdownHook(new Thread(RunDirectory::removeOwn, "cleanup"));
        FirstConnectResult result = new FirstConnect(connections, baselines, Progress.on(people)).run();
        people.printf(
                """
                connect() of a first connection, in ms      median   %8.1f
                                                            p99      %8.1f
                                                            cold     %8.1f
                through a relay of 20 ms each way           median   %8.1f
                the kernel's policy without an SA           median   %8.1f
                SYNs of any connection, at most                      %8d
                """,
                result.medianMs(),
                result.p99Ms(),
                result.coldMs(),
                result.delayedMedianMs(),
                result.baselineMedianMs(),
                result.synMax());
        if (json) {
            System.out.println(new ObjectMapper().writeValueAsString(result));
        }
        return 0;
    }
}
