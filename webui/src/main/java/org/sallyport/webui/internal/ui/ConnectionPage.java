package org.sallyport.webui.internal.ui;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.data.renderer.LitRenderer;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.sallyport.api.admin.ConnectionView;
import org.sallyport.webui.internal.access.Operations;
import org.sallyport.webui.internal.access.User;
import org.sallyport.webui.internal.model.ConsoleSnapshot;

/** Every configured connection, how it stands with it and why. */
@Route(value = "connections", layout = ConsoleLayout.class)
@PageTitle("Connections – Sallyport")
public final class ConnectionPage extends Div implements LivePage {
    private static final long serialVersionUID = 1;

    private final Absent absent = new Absent("The bundle that looks after connections");
    private final LiveGrid<Row> connections =
            new LiveGrid<>(row -> row.view().name(), "No peer is configured: write etc/org.sallyport.peer-NAME.cfg.");

    /** A connection, how long it has stood so, and how long until the next try. */
    private record Row(ConnectionView view, Duration since, String nextTry) {}

    /** Made by the router. */
    public ConnectionPage() {
        addClassName("page");
        connections.setId("connections");
        connections
                .addColumn(LitRenderer.<Row>of(Cells.TWO_LINES)
                        .withProperty("first", row -> row.view().name())
                        .withProperty("second", row -> row.view().start()))
                .setHeader("Connection")
                .setFlexGrow(2);
        connections
                .addColumn(LitRenderer.<Row>of(Cells.STATE)
                        .withProperty("state", row -> row.view().state().toString()))
                .setHeader("State")
                .setFlexGrow(0)
                .setWidth("8em");
        connections
                .addColumn(LitRenderer.<Row>of(Cells.TWO_LINES)
                        .withProperty("first", row -> row.view().reason())
                        .withProperty("second", Row::nextTry))
                .setHeader("Why")
                .setFlexGrow(6);
        connections
                .addColumn(row -> Format.duration(row.since()))
                .setHeader("For")
                .setFlexGrow(0);
        connections.addColumn(row -> row.view().ikeSas()).setHeader("IKE SAs").setFlexGrow(0);
        connections
                .addColumn(row -> row.view().standing() + " of " + row.view().policies())
                .setHeader("Policies")
                .setFlexGrow(0);
        if (Session.user().filter(User::isAdmin).isPresent()) {
            addActions();
        }
        add(new H2("Connections"), absent, connections);
    }

    private void addActions() {
        connections
                .addColumn(LitRenderer.<Row>of(Cells.UP_AND_DOWN)
                        .withFunction("up", row -> Notices.tell(operations().bringUp(Session.signedIn(), name(row))))
                        .withFunction("down", this::takeDown))
                .setHeader("")
                .setFlexGrow(0)
                .setWidth("10.5em");
    }

    private void takeDown(Row row) {
        String text = row.view().start().equals("by-hand")
                ? "Its security associations end and the peer is told. It stays down until it is brought up again."
                : "Its security associations end and the peer is told. The next flow that needs it brings it back.";
        Notices.confirm("Take " + name(row) + " down?", text, "Take down", "error primary", () -> operations()
                .takeDown(Session.signedIn(), name(row)));
    }

    private static String name(Row row) {
        return row.view().name();
    }

    private static Operations operations() {
        return Services.current().operations();
    }

    @Override
    public void show(ConsoleSnapshot snapshot) {
        absent.setVisible(snapshot.connections().isEmpty());
        connections.setVisible(snapshot.connections().isPresent());
        connections.show(rows(snapshot.connections().orElse(List.of()), snapshot.at()));
    }

    private static List<Row> rows(List<ConnectionView> views, Instant now) {
        return views.stream()
                .map(view -> new Row(
                        view,
                        Duration.between(view.since(), now),
                        view.nextTry()
                                .map(at -> "tried again in " + Format.duration(Duration.between(now, at)))
                                .orElse("")))
                .toList();
    }
}
