package org.sallyport.shell.internal;

import java.io.PrintStream;
import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.sallyport.api.sa.IkeSaId;

/** Ends IKE SAs with all their security associations and tells the peer. */
@Service
@Command(
        scope = "sallyport",
        name = "ike-delete",
        description = "Ends IKE SAs with all their security associations and tells the peer")
public final class IkeDeleteCommand extends SallyportAction {
    @Argument(name = "name", description = "all, a connection, or the number of an IKE SA", required = true)
    @Completion(IkeNameCompleter.class)
    private String name = "";

    void name(String value) {
        name = value;
    }

    @Override
    void run(Appliance services, PrintStream output) {
        List<IkeSaId> ikeSas = Names.ikeSas(services.ikeSas().list(), name);
        Asking.sayWhenEmpty(output, json(), ikeSas, "IKE SA");
        for (IkeSaId ikeSa : ikeSas) {
            services.negotiator(Asking.IKE).delete(ikeSa, Asking.BY_ADMINISTRATOR);
            Asking.confirm(output, json(), "asked to delete", ikeSa);
        }
    }
}
