package org.sallyport.shell.internal;

import java.io.PrintStream;
import java.util.Map;
import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.console.Session;
import org.jspecify.annotations.Nullable;

/** What all commands share: the services, the output, and sentences instead of stack traces. */
abstract class SallyportAction implements Action {
    @Reference
    private @Nullable Appliance appliance;

    @Reference
    private @Nullable Session session;

    @Option(name = "--json", description = "Prints JSON for programs")
    private boolean json;

    private @Nullable PrintStream out;

    /** Runs the command without a shell around it. */
    final void run(Appliance services, PrintStream output, boolean asJson) {
        appliance = services;
        out = output;
        json = asJson;
        execute();
    }

    @Override
    public final @Nullable Object execute() {
        Session current = session;
        if (current != null) {
            out = current.getConsole();
        }
        Appliance services = appliance;
        PrintStream output = out;
        if (services == null || output == null) {
            throw new IllegalStateException("a command runs within a session");
        }
        try {
            run(services, output);
        } catch (SentenceException e) {
            output.println(json ? Json.write(Map.of("error", String.valueOf(e.getMessage()))) : e.getMessage());
        }
        return null;
    }

    /** Does the command's work; a {@link SentenceException} is printed as its sentence. */
    abstract void run(Appliance services, PrintStream output);

    final boolean json() {
        return json;
    }
}
