package org.sallyport.shell.internal;

import java.io.PrintStream;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Lists mistakes in the configuration. */
@Service
@Command(
        scope = "sallyport",
        name = "problem-list",
        description = "Lists mistakes in the configuration; what was in force before them stays in force")
public final class ProblemListCommand extends SallyportAction {
    @Override
    void run(Appliance services, PrintStream output) {
        if (!json()) {
            services.configuration().provisional().ifPresent(p -> output.println(p.text()));
        }
        var rows = services.configuration().problems().values().stream()
                .map(p -> Listing.row()
                        .with("file", p.file())
                        .with("key", p.key().isEmpty() ? null : p.key())
                        .with("value", p.value())
                        .with("accepted", p.accepted())
                        .values())
                .toList();
        new Listing("There is no mistake in the configuration.", List.of("file", "key", "value", "accepted"), rows)
                .print(output, json());
    }
}
