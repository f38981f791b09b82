package org.sallyport.spd.guard;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sallyport.api.admin.ConfigurationProblem;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.nftables.NftablesException;
import org.sallyport.spd.internal.change.ChangeRecord;
import org.sallyport.spd.internal.config.Configuration;
import org.sallyport.spd.internal.config.ConfigurationCompiler;
import org.sallyport.spd.internal.config.ConfigurationFile;
import org.sallyport.spd.internal.config.HostAccounts;
import org.sallyport.spd.internal.config.Problems;
import org.sallyport.spd.internal.kernel.Enforcer;
import org.sallyport.spd.internal.kernel.Kernel;

/**
 * Puts the guard, the divert rules and the TUN device in force without Karaf, from the same files and by the same code
 * as the daemon: {@code apply --etc DIR}, {@code clean}, {@code status}. Ends with 0 when all is well, 1 when the kernel
 * refused, 2 when it was called wrongly, 3 when a file has a mistake.
 */
public final class GuardTool {
    static final int WELL = 0;
    static final int KERNEL_REFUSED = 1;
    static final int USAGE = 2;
    static final int MISTAKE = 3;

    private static final String HELP = """
            usage: guard apply --etc DIR   put in force what the files in DIR say
                   guard status            show what stands
                   guard clean             remove everything of Sallyport's from the kernel
            """;

    private final PrintStream out;
    private final PrintStream err;

    GuardTool(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Runs a command and ends the process. */
    public static void main(String[] arguments) {
        // No logger is on this class path, and none is missed: what matters is printed.
        System.setProperty("slf4j.internal.verbosity", "ERROR");
        System.exit(new GuardTool(System.out, System.err).run(List.of(arguments)));
    }

    int run(List<String> arguments) {
        try {
            return switch (arguments.isEmpty() ? "" : arguments.getFirst()) {
                case "apply" -> apply(arguments);
                case "clean" -> arguments.size() == 1 ? clean() : usage();
                case "status" -> arguments.size() == 1 ? status() : usage();
                default -> usage();
            };
        } catch (LinuxException | NftablesException e) {
            err.println(e.getMessage());
            return KERNEL_REFUSED;
        }
    }

    private int usage() {
        err.print(HELP);
        return USAGE;
    }

    private int apply(List<String> arguments) {
        if (arguments.size() != 3
                || !arguments.get(1).equals("--etc")
                || !Files.isDirectory(Path.of(arguments.get(2)))) {
            return usage();
        }
        Problems unreadable = new Problems();
        List<ConfigurationFile> files = ChangeRecord.filesInForce(Path.of(arguments.get(2)), unreadable);
        Configuration.Outcome outcome = new ConfigurationCompiler(Optional.empty(), HostAccounts.ANY)
                .compile(files, List.of(), Map.of(), Optional.empty());
        List<ConfigurationProblem> problems = new ArrayList<>(unreadable.found());
        problems.addAll(outcome.problems());
        problems.forEach(p -> err.println(p.text()));
        try (Kernel kernel = Kernel.open()) {
            if (!problems.isEmpty() && kernel.guardStands()) {
                err.println("What stands in the kernel stays as it is.");
                return MISTAKE;
            }
            install(kernel, outcome.sound());
        }
        if (!problems.isEmpty()) {
            err.println("Only what has no mistake was put in force.");
            return MISTAKE;
        }
        return WELL;
    }

    private void install(Kernel kernel, Configuration configuration) {
        Enforcer enforcer = new Enforcer(kernel);
        enforcer.tighten(configuration.policies(), configuration.peers(), configuration.enforcement());
        enforcer.settle();
        out.println("In force: " + configuration.policies().size() + " policies, guard "
                + (configuration.policies().isEmpty()
                                || !configuration.enforcement().guard()
                        ? "off"
                        : "on"));
    }

    private int clean() {
        try (Kernel kernel = Kernel.open()) {
            kernel.clean();
        }
        out.println("Nothing of Sallyport's is left in the kernel.");
        return WELL;
    }

    private int status() {
        try (Kernel kernel = Kernel.open()) {
            kernel.describe().forEach(out::println);
        }
        return WELL;
    }
}
