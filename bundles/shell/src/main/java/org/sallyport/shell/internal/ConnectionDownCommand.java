package org.sallyport.shell.internal;

import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Takes a connection down. */
@Service
@Command(
        scope = "sallyport",
        name = "connection-down",
        description =
                "Ends a connection's SAs and tells the peer; sallyport:connection-up brings it back, and unless it"
                        + " has start = by-hand, so does the next flow that needs it")
public final class ConnectionDownCommand extends SallyportAction {
    @Argument(name = "connection", description = "its peer's name", required = true)
    @Completion(ConnectionNameCompleter.class)
    private String name = "";

    void name(String value) {
        name = value;
    }

    @Override
    void run(Appliance services, PrintStream output) {
        ConnectionNameCompleter.required(services, name);
        int ending = services.connectionControl().down(name, Asking.ADMINISTRATOR);
        output.println(
                json()
                        ? Json.write(Listing.row()
                                .with("connection", name)
                                .with("ike_sas_ended", ending)
                                .values())
                        : name + " is taken down; IKE SAs asked to end: " + ending);
    }
}
