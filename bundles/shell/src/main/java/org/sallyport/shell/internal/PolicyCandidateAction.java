package org.sallyport.shell.internal;

import java.nio.file.Path;
import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Option;
import org.sallyport.api.admin.ConfigurationCandidate;

/** What the commands share that are given files to put in force. */
abstract class PolicyCandidateAction extends SallyportAction {
    @Argument(
            name = "sources",
            description = "Folders or files; files of the same name as in etc replace those, others stay",
            multiValued = true)
    private List<String> sources = List.of();

    @Option(name = "--remove", description = "The name of a file, a policy or a peer that goes", multiValued = true)
    private List<String> removals = List.of();

    void candidate(List<String> from, List<String> removed) {
        sources = from;
        removals = removed;
    }

    final ConfigurationCandidate candidate() {
        if (sources.isEmpty() && removals.isEmpty()) {
            throw new SentenceException("Name a folder or files with policies, or what goes with --remove.");
        }
        return new ConfigurationCandidate(
                sources.stream().map(s -> Path.of(s).toAbsolutePath()).toList(), removals);
    }
}
