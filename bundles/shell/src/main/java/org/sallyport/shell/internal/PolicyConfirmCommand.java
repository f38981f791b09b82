package org.sallyport.shell.internal;

import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.sallyport.api.admin.Provisional;

/** Keeps the change that waits for confirmation. */
@Service
@Command(scope = "sallyport", name = "policy-confirm", description = "Keeps the change that waits for confirmation")
public final class PolicyConfirmCommand extends SallyportAction {
    @Override
    void run(Appliance services, PrintStream output) {
        Provisional decided = services.changes()
                .confirm()
                .orElseThrow(() -> new SentenceException(
                        "No change waits for confirmation: what is in force stays. See sallyport:problem-list."));
        if (json()) {
            output.println(Json.write(
                    Listing.row().with("confirmed", ChangeWords.values(decided)).values()));
        } else {
            output.println("Generation " + decided.generation() + " is confirmed: " + String.join(", ", decided.files())
                    + ".");
        }
    }
}
