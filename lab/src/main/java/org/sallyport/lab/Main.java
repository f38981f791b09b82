package org.sallyport.lab;

import org.sallyport.lab.command.CleanCommand;
import org.sallyport.lab.command.LabCommand;
import org.sallyport.lab.command.ShellCommand;
import org.sallyport.lab.command.StartCommand;
import org.sallyport.lab.command.StatusCommand;
import org.sallyport.lab.command.StopCommand;
import org.sallyport.lab.command.TestCommand;
import org.sallyport.lab.process.CommandFailedException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line behind {@code ./sallyport}. */
@Command(
        name = "sallyport",
        mixinStandardHelpOptions = true,
        description = "Holds a connection until IPsec protects it.",
        subcommands = {
            LabCommand.class,
            StartCommand.class,
            StopCommand.class,
            StatusCommand.class,
            ShellCommand.class,
            CleanCommand.class
        })
public final class Main {
    private Main() {}

    /** Runs the command and ends with its status. */
    public static void main(String[] arguments) {
        // What is passed on to Maven looks like options of ours.
        CommandLine test = new CommandLine(new TestCommand()).setUnmatchedOptionsArePositionalParams(true);
        CommandLine commandLine = new CommandLine(new Main()).addSubcommand(test);
        System.exit(commandLine
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    if (!(failure instanceof CommandFailedException)) {
                        throw failure;
                    }
                    System.err.println("sallyport " + command.getCommandName() + ": " + failure.getMessage());
                    return 1;
                })
                .execute(arguments));
    }
}
