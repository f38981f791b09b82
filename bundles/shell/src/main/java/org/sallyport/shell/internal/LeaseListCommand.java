package org.sallyport.shell.internal;

import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.sallyport.api.admin.LeaseView;
import org.sallyport.api.flow.Flow;

/** Lists who uses which SA. */
@Service
@Command(scope = "sallyport", name = "lease-list", description = "Lists the sockets and flows that use an SA")
public final class LeaseListCommand extends SallyportAction {
    private static final List<String> COLUMNS =
            List.of("sa", "policy", "holder", "program", "pid", "user", "flows", "since");

    @Override
    void run(Appliance services, PrintStream output) {
        var rows = services.sas().leases().stream()
                .sorted(Comparator.comparing((LeaseView v) -> v.lineage().number())
                        .thenComparing(LeaseView::since))
                .map(v -> row(v).values())
                .toList();
        new Listing("Nobody uses a security association.", COLUMNS, rows).print(output, json());
    }

    private static Listing.Row row(LeaseView view) {
        return Listing.row()
                .with("sa", view.lineage())
                .with("policy", view.policy())
                .with("holder", view.holder())
                .with("program", view.requester().program())
                .with("pid", view.requester().pid())
                .with("user", view.requester().userId())
                .with("flows", view.flows().stream().map(Flow::toString).toList())
                .with("since", view.since());
    }
}
