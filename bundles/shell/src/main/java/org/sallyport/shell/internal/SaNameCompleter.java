package org.sallyport.shell.internal;

import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.jspecify.annotations.Nullable;

/** Completes the names of SAs. */
@Service
public final class SaNameCompleter implements Completer {
    @Reference
    private @Nullable Appliance appliance;

    @Override
    public int complete(Session session, CommandLine commandLine, List<String> candidates) {
        Appliance services = appliance;
        if (services == null || !services.has(Capability.SAD)) {
            return -1;
        }
        return new StringsCompleter(Names.saNames(services.sas().list())).complete(session, commandLine, candidates);
    }
}
