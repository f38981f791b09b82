package org.sallyport.shell.internal;

import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.sallyport.api.admin.ChangePreview;

/** Says what an edit would do. */
@Service
@Command(
        scope = "sallyport",
        name = "policy-preview",
        description = "Says what files would do over those in etc: what differs, which SAs end, which flows are"
                + " treated differently",
        detailedDescription = "Nothing is changed. For example: sallyport:policy-preview --remove old-web /root/new")
public final class PolicyPreviewCommand extends PolicyCandidateAction {
    @Override
    void run(Appliance services, PrintStream output) {
        ChangePreview preview = services.changes().preview(candidate());
        if (json()) {
            output.println(Json.write(ChangeWords.values(preview)));
            return;
        }
        ChangeWords.refuseProblems(preview);
        ChangeWords.print(preview, output);
    }
}
