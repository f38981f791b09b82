package org.sallyport.lab.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.sallyport.lab.appliance.Appliance;
import org.sallyport.lab.appliance.Distribution;
import org.sallyport.lab.net.PortForward;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.MainJob;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.session.Progress;
import org.sallyport.lab.topology.RunDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./sallyport lab}: the main job on an embedded default. */
@Command(
        name = "lab",
        mixinStandardHelpOptions = true,
        description = "Fetches a page through two gateways in network namespaces and shows what happened.")
public final class LabCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--peer", description = "who stands on the far side: ${COMPLETION-CANDIDATES}")
    private PeerKind peer = PeerKind.SALLYPORT;

    @Option(names = "--initiator", description = "which side starts: ${COMPLETION-CANDIDATES}")
    private MainJob.Initiator initiator = MainJob.Initiator.HOST;

    @Option(names = "--once", description = "end after the job instead of staying until Ctrl-C")
    private boolean once;

    @Option(
            names = "--json",
            description = "print one JSON object on standard output, everything else on standard error")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (peer == PeerKind.KERNEL && initiator == MainJob.Initiator.PEER) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--initiator peer goes with --peer sallyport and --peer strongswan: a kernel peer is gateway and"
                            + " server in one emulated machine, where no witness stands");
        }
        Machine.mustHaveNamespaces();
        PrintStream people = json ? System.err : System.out;
        RunDirectory.removeLeftovers().forEach(left -> people.println("removed from an earlier run: " + left));
        try (Cleanup cleanup = new Cleanup()) {
            Lab lab = cleanup.holds(Lab.open(Lab.Plan.standard("", peer), Distribution.find(), Progress.on(people)));
            if (initiator == MainJob.Initiator.PEER && peer == PeerKind.STRONGSWAN) {
                lab.strongSwan().initiate();
            }
            MainJob.Outcome outcome = new MainJob(lab, initiator).run();
            print(outcome, people);
            if (json) {
                System.out.println(new ObjectMapper().writeValueAsString(outcome.report()));
            }
            if (!once) {
                stay(lab, people);
            }
            return outcome.report().promiseKept() ? 0 : 1;
        }
    }

    /** Closes the lab once, whether the command ends or a signal ends it. */
    private static final class Cleanup implements AutoCloseable {
        private final AtomicReference<@Nullable Lab> lab = new AtomicReference<>();
        private final Thread hook = new Thread(this::closeLab, "cleanup");

        Cleanup() {
            Runtime.getRuntime().addShutdownHook(hook);
        }

        Lab holds(Lab value) {
            lab.set(value);
            return value;
        }

        private void closeLab() {
            Lab value = lab.getAndSet(null);
            if (value != null) {
                value.close();
            }
            RunDirectory.removeOwn();
        }

        @Override
        public void close() {
            closeLab();
        }
    }

    private static void print(MainJob.Outcome outcome, PrintStream people) {
        people.println();
        people.println("What happened, from the journal and the witnesses:");
        outcome.timeline().lines().forEach(people::println);
        people.println();
        people.printf(
                """
                What the witnesses saw:
                  HTTP status                     %d%s
                  connect() of the first request  %.1f ms
                  connect() of the second         %.1f ms
                  SYNs of the first request       %d, %d of them sent again, %d before the SA was up
                  packets in clear on the wire    %d
                """,
                outcome.report().httpStatus(),
                outcome.first().error().isEmpty() ? "" : " (" + outcome.first().error() + ")",
                outcome.report().appConnectMs(),
                outcome.report().secondConnectMs(),
                outcome.report().synSent(),
                outcome.report().synRetransmitted(),
                outcome.report().synBeforeSa(),
                outcome.report().clearTextPackets());
        outcome.report().witnessesDisagree().forEach(line -> people.println("  DISAGREEMENT: " + line));
    }

    private static void stay(Lab lab, PrintStream people) throws InterruptedException {
        Appliance host = lab.host();
        PortForward console = lab.kept(PortForward.open(lab.network().host(), "127.0.0.1", Appliance.CONSOLE_PORT));
        people.printf(
                """

                The host's console:  https://localhost:%d/  (admin, %s)
                Try it:              ip netns exec %s %s %s curl http://10.2.0.2:8080/
                The shell:           KARAF_BASE=%s ip netns exec %s %s
                Ctrl-C ends it all.
                """,
                console.port(),
                host.consolePassword("admin"),
                lab.network().host(),
                lab.launcher().program(),
                lab.launcher().socket(),
                host.base(),
                lab.network().host(),
                lab.distribution().script("sallyport-shell"));
        new CountDownLatch(1).await();
    }
}
