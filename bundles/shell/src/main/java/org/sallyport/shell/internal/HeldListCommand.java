package org.sallyport.shell.internal;

import java.io.PrintStream;
import java.util.List;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.sallyport.api.admin.HoldInspection;
import org.sallyport.api.admin.HoldView;

/** Lists what is held: calls of programs, and packets below TCP and UDP. */
@Service
@Command(
        scope = "sallyport",
        name = "held-list",
        description = "Lists the socket requests and packets that are held now")
public final class HeldListCommand extends SallyportAction {
    private static final List<String> COLUMNS =
            List.of("id", "kind", "program", "pid", "user", "flow", "policy", "since", "outcome");

    @Option(name = "--recent", description = "Also those that ended last")
    private boolean recent;

    void recent(boolean value) {
        recent = value;
    }

    @Override
    void run(Appliance services, PrintStream output) {
        HoldInspection holds = services.holds();
        Stream<HoldView> views = holds.feed().values().stream();
        if (recent) {
            views = Stream.concat(views, holds.recent().stream());
        }
        new Listing("Nothing is held.", COLUMNS, views.map(v -> row(v).values()).toList()).print(output, json());
    }

    private static Listing.Row row(HoldView view) {
        return Listing.row()
                .with("id", view.id())
                .with("kind", view.parked() ? "packets" : "call")
                .with("program", view.requester().program())
                .with("pid", view.requester().pid())
                .with("user", view.requester().userId())
                .with("flow", view.flow())
                .with("policy", view.policy())
                .with("since", view.since())
                .with("outcome", view.outcome().orElse("held"));
    }
}
