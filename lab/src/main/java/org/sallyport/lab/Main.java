package org.sallyport.lab;

import org.sallyport.lab.command.CleanCommand;
import org.sallyport.lab.command.LabCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line behind {@code ./sallyport}. */
@Command(
        name = "sallyport",
        mixinStandardHelpOptions = true,
        description = "Holds a connection until IPsec protects it.",
        subcommands = {LabCommand.class, CleanCommand.class})
public final class Main {
    private Main() {}

    /** Runs the command and ends with its status. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments));
    }
}
