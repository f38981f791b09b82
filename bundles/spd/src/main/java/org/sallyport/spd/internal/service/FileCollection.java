package org.sallyport.spd.internal.service;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.sallyport.spd.internal.config.ConfigurationFile;
import org.sallyport.spd.internal.config.ConfigurationFolder;

/**
 * What Config Admin holds of ours. While it is being delivered, or a bundle stops, it holds a part only: what lies in the
 * folder tells whether it is whole. Thread safe.
 */
final class FileCollection {
    private final Optional<Path> folder;
    private final Map<String, ConfigurationFile> byPid = new TreeMap<>();

    /**
     * @param folder where FileInstall looks
     */
    FileCollection(Optional<Path> folder) {
        this.folder = folder.map(f -> f.toAbsolutePath().normalize());
    }

    synchronized void put(String pid, ConfigurationFile file) {
        byPid.put(pid, file);
    }

    synchronized void remove(String pid) {
        byPid.remove(pid);
    }

    /** Returns everything but what came from a file that is no longer there: it was deleted while nobody looked. */
    synchronized List<ConfigurationFile> files() {
        return byPid.values().stream().filter(this::stands).toList();
    }

    private boolean stands(ConfigurationFile file) {
        boolean ofFolder = folder.isPresent()
                && file.folder().equals(folder.get())
                && ConfigurationFile.kind(file.file()).isPresent();
        return !ofFolder || Files.exists(file.folder().resolve(file.file()));
    }

    /** Returns the files that lie in the folder and were not delivered. */
    synchronized List<String> missing() {
        Set<String> delivered = new HashSet<>();
        byPid.values().forEach(f -> delivered.add(f.file()));
        return folder.map(ConfigurationFolder::list).orElse(List.of()).stream()
                .filter(f -> !delivered.contains(f))
                .toList();
    }
}
