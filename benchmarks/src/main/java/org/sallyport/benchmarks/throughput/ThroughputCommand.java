package org.sallyport.benchmarks.throughput;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.sallyport.lab.command.Machine;
import org.sallyport.lab.session.Progress;
import org.sallyport.lab.topology.RunDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./sallyport bench throughput}. */
@Command(
        name = "throughput",
        mixinStandardHelpOptions = true,
        description = {
            "Measures what two whole appliances carry, with ESP in UDP and AES-GCM of 128 bits, beside strongSwan with its"
                    + " user-space data plane, wireguard-go and the same network without protection. All stand at once and"
                    + " take turns; ratios are of the medians of all rounds, ours over strongSwan's.",
            "tcp1_ratio_jdk, tcp1_ratio_native: one TCP stream, with the JDK's cryptography and with ipsec-mb; …_equal: with"
                    + " the socket buffers that strongSwan has.",
            "null_crypto_share_native: ipsec-mb's TCP stream over ours with no cryptography at all.",
            "tcp4_ratio, udp64_ratio, udp512_ratio, udp1352_ratio: four streams, and datagrams of so many octets that are"
                    + " delivered when as many are sent as can be; with ipsec-mb, …_jdk without.",
            "rtt_p50_ratio, rtt_p99_ratio: round trips of pings while there is no other traffic, in the first round right"
                    + " after all were ready.",
            "in_clear_packets: that crossed the outer wire of our tunnels in clear, as the kernel counts them; …_unsealed: of"
                    + " the tunnel without cryptography, which has to be seen. Ends with 1 when there was any of the first, or"
                    + " none of the second."
        })
public final class ThroughputCommand implements Callable<Integer> {
    @Option(names = "--rounds", defaultValue = "5", description = "of each measure (default: ${DEFAULT-VALUE})")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "5", description = "of each stream (default: ${DEFAULT-VALUE})")
    private int seconds;

    @Option(names = "--pings", defaultValue = "500", description = "of a round (default: ${DEFAULT-VALUE})")
    private int pings;

    @Option(names = "--box-only", description = "leave out the rounds with equal socket buffers")
    private boolean boxOnly;

    @Option(names = "--json", description = "print one JSON object on standard output")
    private boolean json;

    @Override
    public Integer call() throws JsonProcessingException {
        Machine.mustHaveNamespaces();
        PrintStream people = json ? System.err : System.out;
        RunDirectory.removeLeftovers();
        Runtime.getRuntime().addShutdownHook(new Thread(RunDirectory::removeOwn, "cleanup"));
        Throughput throughput = new Throughput(new Throughput.Size(rounds, seconds, pings), Progress.on(people));
        Map<String, List<Round>> box = throughput.outOfTheBox();
        Map<String, List<Round>> equal = boxOnly ? Map.of() : throughput.equalBuffers();
        ThroughputResult result = new ThroughputResult(box, equal, throughput.inClear());
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
