package org.sallyport.shell.internal;

import java.io.PrintStream;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Lists who is logged in. */
@Service
@Command(scope = "sallyport", name = "login-list", description = "Lists who is logged in at this host, and who says so")
public final class LoginListCommand extends SallyportAction {
    private static final List<String> COLUMNS = List.of("user", "id", "source");

    @Override
    void run(Appliance services, PrintStream output) {
        var rows = services.logins().logins().stream()
                .map(login -> Listing.row()
                        .with("user", login.user())
                        .with("id", Integer.toUnsignedLong(login.userId()))
                        .with("source", login.source())
                        .values())
                .toList();
        new Listing("Nobody is logged in.", COLUMNS, rows).print(output, json());
    }
}
