package org.sallyport.webui.internal.ui;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.data.renderer.LitRenderer;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.sallyport.api.admin.HoldView;
import org.sallyport.webui.internal.model.ConsoleSnapshot;
import org.sallyport.webui.internal.model.ConsoleSnapshot.Holds;

/** Requests that wait for an SA now, and how the last ones ended. */
@Route(value = "held", layout = ConsoleLayout.class)
@PageTitle("Held requests – Sallyport")
public final class HoldPage extends Div implements LivePage {
    private static final long serialVersionUID = 1;

    private final Absent absent = new Absent("The interceptor");
    private final LiveGrid<Row> held = new LiveGrid<>(row -> row.hold().id(), "Nothing is held.");
    private final LiveGrid<Row> recent = new LiveGrid<>(row -> row.hold().id(), "None has ended yet.");

    /** A request and how long it has been held. */
    private record Row(HoldView hold, Duration age) {}

    /** Made by the router. */
    public HoldPage() {
        addClassName("page");
        held.setId("held");
        recent.setId("recent");
        addColumns(held);
        held.addColumn(row -> Format.duration(row.age())).setHeader("Held for").setFlexGrow(1);
        addColumns(recent);
        recent.addColumn(row -> row.hold().outcome().orElse(""))
                .setHeader("Outcome")
                .setFlexGrow(3);
        add(new H2("Held now"), absent, held, new H2("Ended lately"), recent);
    }

    @Override
    public void show(ConsoleSnapshot snapshot) {
        absent.setVisible(snapshot.holds().isEmpty());
        held.setVisible(snapshot.holds().isPresent());
        Holds holds = snapshot.holds().orElse(new Holds(List.of(), List.of()));
        held.show(rows(holds.now(), snapshot.at()));
        recent.show(rows(holds.recent(), Instant.EPOCH));
    }

    private static List<Row> rows(List<HoldView> holds, Instant now) {
        return holds.stream()
                .map(hold -> new Row(hold, Duration.between(hold.since(), now)))
                .toList();
    }

    private static void addColumns(LiveGrid<Row> grid) {
        grid.addColumn(LitRenderer.<Row>of(Cells.TWO_LINES)
                        .withProperty("first", row -> row.hold().requester().program())
                        .withProperty(
                                "second",
                                row -> row.hold().requester().pid() == 0
                                        ? ""
                                        : "pid " + row.hold().requester().pid()))
                .setHeader("Program")
                .setFlexGrow(1);
        grid.addColumn(row -> row.hold().parked() ? "packets" : "call")
                .setHeader("What waits")
                .setFlexGrow(0);
        grid.addColumn(row -> user(row.hold())).setHeader("User").setFlexGrow(0);
        grid.addColumn(LitRenderer.<Row>of(Cells.MONO)
                        .withProperty("text", row -> row.hold().flow().toString()))
                .setHeader("Flow")
                .setFlexGrow(4);
        grid.addColumn(row -> row.hold().policy()).setHeader("Policy").setFlexGrow(1);
    }

    private static String user(HoldView hold) {
        int id = hold.requester().userId();
        return id < 0 ? "?" : Integer.toString(id);
    }
}
