package org.sallyport.shell.internal;

import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.admin.ConnectionView;

/** Completes the names of connections. */
@Service
public final class ConnectionNameCompleter implements Completer {
    @Reference
    private @Nullable Appliance appliance;

    @Override
    public int complete(Session session, CommandLine commandLine, List<String> candidates) {
        Appliance services = appliance;
        if (services == null || !services.has(Capability.CONNECTIONS)) {
            return -1;
        }
        return new StringsCompleter(names(services)).complete(session, commandLine, candidates);
    }

    private static List<String> names(Appliance services) {
        return services.connections().list().stream().map(ConnectionView::name).toList();
    }

    /** Refuses a name that is none. */
    static void required(Appliance services, String name) {
        List<String> names = names(services);
        if (!names.contains(name)) {
            String accepted = names.isEmpty() ? "there is none" : "there are: " + String.join(", ", names);
            throw new SentenceException("No connection is called \"" + name + "\"; " + accepted + ".");
        }
    }
}
