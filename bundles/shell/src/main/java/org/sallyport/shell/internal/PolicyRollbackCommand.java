package org.sallyport.shell.internal;

import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.sallyport.api.admin.Provisional;

/** Puts back at once what was in force before the change that waits for confirmation. */
@Service
@Command(
        scope = "sallyport",
        name = "policy-rollback",
        description = "Puts back at once what was in force before the change that waits for confirmation")
public final class PolicyRollbackCommand extends SallyportAction {
    @Override
    void run(Appliance services, PrintStream output) {
        Provisional decided = services.changes()
                .rollBack()
                .orElseThrow(() -> new SentenceException(
                        "No change waits for confirmation: what is in force stays. See sallyport:problem-list."));
        if (json()) {
            output.println(Json.write(Listing.row()
                    .with("rolled_back", ChangeWords.values(decided))
                    .values()));
        } else {
            output.println("Generation " + decided.generation() + " is rolled back: "
                    + String.join(", ", decided.files()) + ".");
        }
    }
}
