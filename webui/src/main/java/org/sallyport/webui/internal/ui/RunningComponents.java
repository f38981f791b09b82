package org.sallyport.webui.internal.ui;

import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.Span;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sallyport.webui.internal.model.ConsoleSnapshot;

/** Says which parts of the appliance do not run, or that all do. */
final class RunningComponents extends Div {
    private static final long serialVersionUID = 1;

    private final Span text = new Span();

    RunningComponents() {
        addClassName("running");
        text.addClassName("dot");
        add(text);
    }

    void show(ConsoleSnapshot snapshot) {
        List<String> stopped = of(snapshot).entrySet().stream()
                .filter(part -> !part.getValue())
                .map(Map.Entry::getKey)
                .toList();
        text.setClassName("on", stopped.isEmpty());
        text.setText(stopped.isEmpty() ? "All parts are running" : "Not running: " + String.join(", ", stopped));
    }

    /** The parts by name, in the order in which they are shown. */
    static Map<String, Boolean> of(ConsoleSnapshot snapshot) {
        Map<String, Boolean> parts = new LinkedHashMap<>();
        parts.put("SA database", snapshot.sas().isPresent());
        parts.put("Policies", snapshot.policies().isPresent());
        parts.put("IKE", snapshot.ikeSas().isPresent());
        parts.put("Classifier", snapshot.dataPlane().isPresent());
        parts.put("Interceptor", snapshot.holds().isPresent());
        parts.put("Connections", snapshot.connections().isPresent());
        parts.put("Capture", snapshot.capture().isPresent());
        return parts;
    }
}
