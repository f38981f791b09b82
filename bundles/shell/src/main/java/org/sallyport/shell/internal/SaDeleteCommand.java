package org.sallyport.shell.internal;

import java.io.PrintStream;
import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Ends security associations and tells the peer. */
@Service
@Command(scope = "sallyport", name = "sa-delete", description = "Ends security associations and tells the peer")
public final class SaDeleteCommand extends SallyportAction {
    @Argument(
            name = "name",
            description = "all, a connection, a policy, the number of an SA, or an inbound SPI",
            required = true)
    @Completion(SaNameCompleter.class)
    private String name = "";

    void name(String value) {
        name = value;
    }

    @Override
    void run(Appliance services, PrintStream output) {
        List<Names.Named> sas = Names.sas(services.sas().list(), name);
        Asking.sayWhenEmpty(output, json(), sas, "security association");
        for (Names.Named sa : sas) {
            Asking.negotiator(services, sa).delete(sa.lineage(), Asking.BY_ADMINISTRATOR);
            Asking.confirm(output, json(), "asked to delete", sa.lineage());
        }
    }
}
