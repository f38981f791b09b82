package org.sallyport.api.admin;

import java.nio.file.Path;
import java.util.List;

/**
 * An edit of the configuration folder: files of the same name are replaced, others stay. Immutable.
 *
 * @param sources files named as in the configuration folder, or folders with such files
 * @param removals what goes: names of files, or of policies and peers
 */
public record ConfigurationCandidate(List<Path> sources, List<String> removals) {
    public ConfigurationCandidate {
        sources = List.copyOf(sources);
        removals = List.copyOf(removals);
    }
}
