package org.sallyport.shell.internal;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.sallyport.api.admin.ConnectionView;

/** Lists the connections, also those of which nothing stands. */
@Service
@Command(
        scope = "sallyport",
        name = "connection-list",
        description = "Lists the connections: configured, up, degraded or down, and why")
public final class ConnectionListCommand extends SallyportAction {
    private static final List<String> COLUMNS = List.of(
            "connection", "state", "since", "start", "ike_sas", "policies_up", "policies", "next_try", "reason");

    @Override
    void run(Appliance services, PrintStream output) {
        var rows =
                services.connections().list().stream().map(v -> row(v).values()).toList();
        new Listing("There is no connection: write etc/org.sallyport.peer-NAME.cfg.", COLUMNS, rows)
                .print(output, json());
    }

    private static Listing.Row row(ConnectionView view) {
        return Listing.row()
                .with("connection", view.name())
                .with("state", view.state())
                .with("since", view.since())
                .with("start", view.start())
                .with("ike_sas", view.ikeSas())
                .with("policies_up", view.standing())
                .with("policies", view.policies())
                .with("next_try", view.nextTry().map(at -> Duration.between(Instant.now(), at)))
                .with("reason", view.reason());
    }
}
