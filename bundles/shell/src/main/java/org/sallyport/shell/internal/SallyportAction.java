package org.sallyport.shell.internal;

import java.io.PrintStream;
import java.util.Map;
import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.CommandException;
import org.jspecify.annotations.Nullable;

/** What all commands share: the services, the output, and sentences instead of stack traces. */
abstract class SallyportAction implements Action {
    @Reference
    private @Nullable Appliance appliance;

    @Reference
    private @Nullable Session session;

    @Option(name = "--json", description = "Prints JSON for programs")
    private boolean json;

    @Override
    public final @Nullable Object execute() throws CommandException {
        Appliance services = appliance;
        Session current = session;
        if (services == null || current == null) {
            throw new IllegalStateException("a command runs within a session");
        }
        return run(services, current.getConsole(), json);
    }

    /**
     * Runs the command.
     *
     * @throws CommandException that the shell prints as nothing but its sentence, and that fails the command
     */
    final @Nullable Object run(Appliance services, PrintStream output, boolean asJson) throws CommandException {
        json = asJson;
        try {
            run(services, output);
            return null;
        } catch (SentenceException e) {
            String sentence = String.valueOf(e.getMessage());
            throw new CommandException(json ? Json.write(Map.of("error", sentence)) : sentence, sentence, e);
        }
    }

    /** Does the command's work; a {@link SentenceException} is printed as its sentence. */
    abstract void run(Appliance services, PrintStream output);

    final boolean json() {
        return json;
    }
}
