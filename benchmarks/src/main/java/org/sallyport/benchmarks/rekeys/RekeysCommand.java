package org.sallyport.benchmarks.rekeys;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.sallyport.lab.command.Machine;
import org.sallyport.lab.rekeys.RekeyKind;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.session.Progress;
import org.sallyport.lab.topology.RunDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./sallyport bench rekeys}. */
@Command(
        name = "rekeys",
        mixinStandardHelpOptions = true,
        description = {
            "Sends numbered datagrams both ways, at half the rate at which nothing is lost, through rekeys of each kind, with"
                    + " another appliance and with strongSwan on the far side. Packets are authenticated and not encrypted, so"
                    + " that a capture on the outer wire shows the number of each, and every loss is attributed: to whoever"
                    + " seals when it did not cross the wire, to whoever opens when it did.",
            "lost_by_us, reordered_by_us: on our side of the wire, in both directions, and on both sides where both are ours;"
                    + " …_by_peer: on another peer's. The status is 1 when there is any of ours."
        })
public final class RekeysCommand implements Callable<Integer> {
    @Option(names = "--rekeys", defaultValue = "100", description = "of each kind (default: ${DEFAULT-VALUE})")
    private int rekeys;

    @Option(
            names = "--kinds",
            split = ",",
            defaultValue = "CHILD_BY_US,CHILD_BY_PEER,IKE_BY_US,IKE_BY_PEER,TIME,OCTETS,PACKETS",
            description = "${COMPLETION-CANDIDATES} (default: all)")
    private List<RekeyKind> kinds = List.of();

    @Option(
            names = "--peers",
            split = ",",
            defaultValue = "SALLYPORT,STRONGSWAN",
            description = "SALLYPORT, STRONGSWAN (default: both)")
    private List<PeerKind> peers = List.of();

    @Option(
            names = "--pause",
            defaultValue = "100",
            description = "milliseconds between two rekeys (default: ${DEFAULT-VALUE})")
    private int pause;

    @Option(names = "--octets", defaultValue = "64", description = "of a datagram (default: ${DEFAULT-VALUE})")
    private int octets;

    @Option(
            names = "--rate",
            defaultValue = "0",
            description =
                    "datagrams a second each way (default: half of the greatest of --rates at which nothing is lost)")
    private int rate;

    @Option(
            names = "--rates",
            split = ",",
            defaultValue = "2000,4000,8000,12000,16000,24000,32000,48000,64000",
            description = "datagrams a second each way, of which the greatest without loss is found and then halved")
    private List<Integer> rates = List.of();

    @Option(names = "--json", description = "print one JSON object on standard output")
    private boolean json;

    @Override
    public Integer call() throws JsonProcessingException {
        Machine.mustHaveNamespaces();
        PrintStream people = json ? System.err : System.out;
        RunDirectory.removeLeftovers();
        Runtime.getRuntime().addShutdownHook(new Thread(RunDirectory::removeOwn, "cleanup"));
        Rekeys measured = new Rekeys(
                new Rekeys.Size(rekeys, kinds, Duration.ofMillis(pause), octets, rate, rates), Progress.on(people));
        Map<PeerKind, Rekeys.Run> runs = new EnumMap<>(PeerKind.class);
        peers.forEach(peer -> runs.put(peer, measured.against(peer)));
        RekeysResult result = new RekeysResult(runs);
        result.fields().forEach((name, value) -> {
            if (value instanceof Number) {
                people.printf("%-20s %s%n", name, value);
            }
        });
        if (json) {
            System.out.println(new ObjectMapper().writeValueAsString(result.fields()));
        }
        return result.kept() ? 0 : 1;
    }
}
