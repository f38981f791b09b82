package org.sallyport.webui.internal.ui;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.data.renderer.LitRenderer;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.sallyport.api.admin.LeaseView;
import org.sallyport.webui.internal.model.ConsoleSnapshot;

/** Who uses which SA: sockets of this host, and flows of those behind it. */
@Route(value = "leases", layout = ConsoleLayout.class)
@PageTitle("Leases – Sallyport")
public final class LeasePage extends Div implements LivePage {
    private static final long serialVersionUID = 1;

    private final Absent absent = new Absent("The SA database");
    private final LiveGrid<Row> leases = new LiveGrid<>(
            row -> List.of(row.lease().holder(), row.lease().lineage()), "Nobody uses a security association.");

    /** A lease and how long it has lasted. */
    private record Row(LeaseView lease, Duration age) {}

    /** Made by the router. */
    public LeasePage() {
        addClassName("page");
        leases.setId("leases");
        leases.addColumn(LitRenderer.<Row>of(Cells.TWO_LINES)
                        .withProperty("first", row -> row.lease().lineage().toString())
                        .withProperty("second", row -> row.lease().policy()))
                .setHeader("Security association")
                .setFlexGrow(2);
        leases.addColumn(LitRenderer.<Row>of(Cells.TWO_LINES)
                        .withProperty("first", row -> row.lease().requester().program())
                        .withProperty("second", row -> requester(row.lease())))
                .setHeader("Program")
                .setFlexGrow(1);
        leases.addColumn(row -> row.lease().holder().toString())
                .setHeader("Held by")
                .setFlexGrow(2);
        leases.addColumn(LitRenderer.<Row>of(Cells.MONO)
                        .withProperty(
                                "text",
                                row -> row.lease().flows().isEmpty()
                                        ? ""
                                        : row.lease().flows().getLast().toString()))
                .setHeader("Latest flow")
                .setFlexGrow(4);
        leases.addColumn(row -> Format.duration(row.age())).setHeader("For").setFlexGrow(0);
        add(new H2("Leases"), absent, leases);
    }

    @Override
    public void show(ConsoleSnapshot snapshot) {
        absent.setVisible(snapshot.leases().isEmpty());
        leases.setVisible(snapshot.leases().isPresent());
        leases.show(rows(snapshot.leases().orElse(List.of()), snapshot.at()));
    }

    private static List<Row> rows(List<LeaseView> views, Instant now) {
        return views.stream()
                .map(view -> new Row(view, Duration.between(view.since(), now)))
                .toList();
    }

    private static String requester(LeaseView lease) {
        String user = lease.requester().userId() < 0
                ? ""
                : "user " + lease.requester().userId();
        return lease.requester().pid() == 0
                ? user
                : user + ", pid " + lease.requester().pid();
    }
}
