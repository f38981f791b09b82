package org.sallyport.benchmarks.manysas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import org.sallyport.lab.command.Machine;
import org.sallyport.lab.session.Progress;
import org.sallyport.lab.topology.RunDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./sallyport bench many-sas}. */
@Command(
        name = "many-sas",
        mixinStandardHelpOptions = true,
        description = {
            "Measures what two whole appliances carry over many Child SAs at once, with traffic that goes to each in turn,"
                    + " beside the same traffic over one Child SA; and what it costs those that carry when others are added,"
                    + " rekeyed and removed at the SA tables meanwhile.",
            "bursts_ratio, singles_ratio: throughput with 40 datagrams, and with one, to each address in turn, over the"
                    + " same to as many addresses by one SA; …_one_flow: over one address by one SA.",
            "bursts_cpu_ratio, singles_cpu_ratio: processor time for each gigabyte, likewise.",
            "churn_cpu_ratio_many, …_one_flow: processor time of the threads that carry for each gigabyte with a restless SA"
                    + " table over a quiet one; churn_all_…: of the whole processes, what adds and removes included.",
            "in_clear_packets: on the outer wire, counted by the kernel. Ends with 1 when there was any, or when an SA"
                    + " carried nothing."
        })
public final class ManySasCommand implements Callable<Integer> {
    @Option(names = "--sas", defaultValue = "10000", description = "at once (default: ${DEFAULT-VALUE})")
    private int sas;

    @Option(names = "--rounds", defaultValue = "5", description = "of each measure (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "3", description = "of each stream (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(
            names = "--churn",
            defaultValue = "1000",
            description = "SAs a second added, rekeyed and removed; 0 leaves that out (default: ${DEFAULT-VALUE})")
    private int churn;

    @Option(
            names = "--warm-up",
            defaultValue = "30",
            description = "seconds of that before it is measured (default: ${DEFAULT-VALUE})")
    private int warmUp;

    @Option(names = "--json", description = "print one JSON object on standard output")
    private boolean json;

    @Override
    public Integer call() throws JsonProcessingException {
        Machine.mustHaveNamespaces();
        PrintStream people = json ? System.err : System.out;
        RunDirectory.removeLeftovers();
        Runtime.getRuntime().addShutdownHook(new Thread(RunDirectory::removeOwn, "cleanup"));
        ManySasResult result =
                new ManySas(new ManySas.Size(sas, rounds, seconds, churn, warmUp), Progress.on(people)).run();
        result.fields().forEach((name, value) -> {
            if (value instanceof Number) {
                people.printf("%-32s %s%n", name, value);
            }
        });
        if (json) {
            System.out.println(new ObjectMapper().writeValueAsString(result.fields()));
        }
        return result.isSound() ? 0 : 1;
    }
}
