package org.sallyport.spd.internal.service;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sallyport.spd.internal.config.ConfigurationFile;
import org.sallyport.spd.internal.config.ConfigurationFolder;
import org.sallyport.spd.internal.config.Problems;

/**
 * What Config Admin holds of ours. While it is being delivered, or a bundle stops, it holds a part only: what lies in the
 * folder tells whether it is whole. Thread safe.
 */
final class FileCollection {
    /** FileInstall looks every second, and delivers what it saw when it looked. */
    private static final Duration NOTICED = Duration.ofSeconds(10);

    private final Optional<Path> folder;
    private final Map<String, ConfigurationFile> byPid = new TreeMap<>();
    private final Map<String, Long> writtenByUs = new TreeMap<>();

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

    /** We wrote or removed these files: until everybody has noticed, the folder is asked for them. */
    synchronized void written(Collection<String> files) {
        files.forEach(file -> writtenByUs.put(file, System.nanoTime()));
    }

    /** Returns everything but what came from a file that is no longer there: it was deleted while nobody looked. */
    synchronized List<ConfigurationFile> files() {
        List<ConfigurationFile> files =
                new ArrayList<>(folder.map(this::readWritten).orElse(List.of()));
        Set<String> read = new HashSet<>();
        files.forEach(f -> read.add(f.file()));
        byPid.values().stream()
                .filter(this::stands)
                .filter(f -> !ofFolder(f) || !read.contains(f.file()))
                .forEach(files::add);
        return List.copyOf(files);
    }

    private List<ConfigurationFile> readWritten(Path from) {
        Problems unreadable = new Problems();
        SortedMap<String, String> texts = new TreeMap<>();
        writtenByUs.keySet().stream()
                .filter(name -> Files.exists(from.resolve(name)))
                .forEach(name -> ConfigurationFolder.text(from.resolve(name), unreadable)
                        .ifPresent(text -> texts.put(name, text)));
        List<ConfigurationFile> read = ConfigurationFolder.parse(texts, from, unreadable);
        long now = System.nanoTime();
        writtenByUs.entrySet().removeIf(w -> now - w.getValue() > NOTICED.toNanos() && delivered(w.getKey(), read));
        return read;
    }

    private boolean delivered(String name, List<ConfigurationFile> read) {
        return byPid.values().stream()
                .filter(f -> ofFolder(f) && f.file().equals(name))
                .toList()
                .equals(read.stream().filter(f -> f.file().equals(name)).toList());
    }

    private boolean stands(ConfigurationFile file) {
        return !ofFolder(file) || Files.exists(file.folder().resolve(file.file()));
    }

    private boolean ofFolder(ConfigurationFile file) {
        return folder.isPresent()
                && file.folder().equals(folder.get())
                && ConfigurationFile.kind(file.file()).isPresent();
    }

    /** Returns the files that lie in the folder and were not delivered. */
    synchronized List<String> missing() {
        Set<String> delivered = new HashSet<>();
        byPid.values().forEach(f -> delivered.add(f.file()));
        delivered.addAll(writtenByUs.keySet());
        return folder.map(ConfigurationFolder::list).orElse(List.of()).stream()
                .filter(f -> !delivered.contains(f))
                .toList();
    }
}
