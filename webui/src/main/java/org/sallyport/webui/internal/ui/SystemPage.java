package org.sallyport.webui.internal.ui;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H2;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.data.renderer.LitRenderer;
import com.vaadin.flow.router.PageTitle;
import com.vaadin.flow.router.Route;
import java.util.List;
import java.util.Map;
import org.sallyport.api.admin.ConfigurationProblem;
import org.sallyport.api.admin.ParkingView;
import org.sallyport.webui.internal.model.ConsoleSnapshot;

/** Mistakes in the configuration, what runs, and what the data plane drops. */
@Route(value = "system", layout = ConsoleLayout.class)
@PageTitle("System – Sallyport")
public final class SystemPage extends Div implements LivePage {
    private static final long serialVersionUID = 1;

    private final Absent configurationAbsent = new Absent("The policy database");
    private final Absent dataPlaneAbsent = new Absent("The classifier");
    private final LiveGrid<ConfigurationProblem> problems =
            new LiveGrid<>(problem -> List.of(problem.file(), problem.key()), "The configuration has no mistake.");
    private final LiveGrid<String> warnings =
            new LiveGrid<>(warning -> warning, "No policy stands in another one's way.");
    private final LiveGrid<Part> parts = new LiveGrid<>(Part::name, "");
    private final LiveGrid<Drop> drops = new LiveGrid<>(Drop::reason, "Nothing has been dropped.");
    private final Span cryptography = new Span();
    private final Span parking = new Span();

    private record Part(String name, boolean runs) {
        String state() {
            return runs ? "running" : "stopped";
        }
    }

    private record Drop(String reason, long packets) {}

    /** Made by the router. */
    public SystemPage() {
        addClassName("page");
        problems.setId("problems");
        problems.addColumn(LitRenderer.<ConfigurationProblem>of(Cells.MONO)
                        .withProperty("text", ConfigurationProblem::file))
                .setHeader("File")
                .setFlexGrow(2);
        problems.addColumn(LitRenderer.<ConfigurationProblem>of(Cells.MONO)
                        .withProperty("text", ConfigurationProblem::key))
                .setHeader("Key");
        problems.addColumn(LitRenderer.<ConfigurationProblem>of(Cells.MONO)
                        .withProperty("text", ConfigurationProblem::value))
                .setHeader("Value");
        problems.addColumn(ConfigurationProblem::accepted)
                .setHeader("What would be accepted")
                .setFlexGrow(4);
        warnings.setId("warnings");
        warnings.addColumn(warning -> warning).setHeader("Allowed, and perhaps not meant");
        parts.setId("parts");
        parts.addColumn(Part::name).setHeader("Part").setFlexGrow(1);
        parts.addColumn(LitRenderer.<Part>of(Cells.STATE).withProperty("state", Part::state))
                .setHeader("State")
                .setFlexGrow(4);
        drops.setId("drops");
        drops.addColumn(Drop::reason).setHeader("Dropped outside any SA").setFlexGrow(1);
        drops.addColumn(drop -> Format.count(drop.packets()))
                .setHeader("Packets")
                .setFlexGrow(4);
        cryptography.addClassName("sub");
        parking.addClassName("sub");
        parking.setId("parking");
        add(new H2("Configuration"), configurationAbsent, problems, warnings, new H2("Parts"), parts);
        add(new H2("Data plane"), dataPlaneAbsent, cryptography, new Div(parking), drops);
    }

    private static String parked(ParkingView view) {
        return "Parked now: %s packets of %s flows. Since the start %s were sent, %s given up, %s found no room; %s repeated SYNs were swallowed."
                .formatted(
                        Format.count(view.packets()),
                        Format.count(view.flows()),
                        Format.count(view.released()),
                        Format.count(view.refused()),
                        Format.count(view.overflowed()),
                        Format.count(view.repeated()));
    }

    @Override
    public void show(ConsoleSnapshot snapshot) {
        configurationAbsent.setVisible(snapshot.problems().isEmpty());
        problems.setVisible(snapshot.problems().isPresent());
        problems.show(snapshot.problems().orElse(List.of()));
        warnings.setVisible(snapshot.notices().isPresent());
        warnings.show(snapshot.notices().map(ConsoleSnapshot.Notices::warnings).orElse(List.of()));
        parts.show(RunningComponents.of(snapshot).entrySet().stream()
                .map(part -> new Part(part.getKey(), part.getValue()))
                .toList());
        dataPlaneAbsent.setVisible(snapshot.dataPlane().isEmpty());
        drops.setVisible(snapshot.dataPlane().isPresent());
        cryptography.setText(snapshot.dataPlane()
                .map(plane -> "Packets are sealed by " + plane.cryptography() + ".")
                .orElse(""));
        parking.setText(
                snapshot.dataPlane().map(plane -> parked(plane.parking())).orElse(""));
        drops.show(snapshot.dataPlane().map(ConsoleSnapshot.DataPlane::drops).orElse(Map.of()).entrySet().stream()
                .map(drop -> new Drop(drop.getKey(), drop.getValue()))
                .sorted(java.util.Comparator.comparing(Drop::reason))
                .toList());
    }
}
