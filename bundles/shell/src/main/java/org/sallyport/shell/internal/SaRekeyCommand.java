package org.sallyport.shell.internal;

import java.io.PrintStream;
import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Replaces security associations by successors. */
@Service
@Command(scope = "sallyport", name = "sa-rekey", description = "Replaces security associations by successors")
public final class SaRekeyCommand extends SallyportAction {
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
            Asking.negotiator(services, sa).rekey(sa.lineage());
            Asking.confirm(output, json(), "asked to rekey", sa.lineage());
        }
    }
}
