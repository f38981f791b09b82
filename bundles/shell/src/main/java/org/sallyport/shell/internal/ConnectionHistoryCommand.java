package org.sallyport.shell.internal;

import java.io.PrintStream;
import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Tells what became of a connection. */
@Service
@Command(
        scope = "sallyport",
        name = "connection-history",
        description = "Tells what became of a connection's SAs and why, the latest first")
public final class ConnectionHistoryCommand extends SallyportAction {
    private static final List<String> COLUMNS = List.of("ago", "what", "reason");

    @Argument(name = "connection", description = "its peer's name", required = true)
    @Completion(ConnectionNameCompleter.class)
    private String name = "";

    void name(String value) {
        name = value;
    }

    @Override
    void run(Appliance services, PrintStream output) {
        ConnectionNameCompleter.required(services, name);
        var rows = services.connections().history(name).stream()
                .map(note -> Listing.row()
                        .with("ago", note.at())
                        .with("what", note.what())
                        .with("reason", note.reason())
                        .values())
                .toList();
        new Listing("Nothing has happened to connection " + name + " yet.", COLUMNS, rows).print(output, json());
    }
}
