package org.sallyport.spd.internal.change;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Files that are to replace others in a folder. They are first written whole beside them, so that what is left to be done
 * is renaming; no file is ever seen half written. Not thread safe.
 */
public final class FolderEdit {
    /** What is appended to the name of a file that a roll back replaced. */
    public static final String ROLLED_BACK = ".rolled-back";

    private static final String STAGED = ".staged";
    private static final Set<PosixFilePermission> READABLE = PosixFilePermissions.fromString("rw-r--r--");

    private final Path folder;
    private final Map<String, Path> staged = new TreeMap<>();
    private final Set<String> removed;

    private FolderEdit(Path folder, Set<String> removed) {
        this.folder = folder;
        this.removed = removed;
    }

    /**
     * Writes, beside what stands in a folder, what it takes to make it hold these files of ours and no others.
     *
     * @param standing names and texts of our files as they stand
     * @param wanted names and texts
     * @throws IOException when they cannot be written; then nothing changed
     */
    public static FolderEdit stage(Path folder, Map<String, String> standing, Map<String, String> wanted)
            throws IOException {
        Set<String> removed = new TreeSet<>(standing.keySet());
        removed.removeAll(wanted.keySet());
        FolderEdit edit = new FolderEdit(folder, removed);
        try {
            for (Map.Entry<String, String> file : wanted.entrySet()) {
                if (!file.getValue().equals(standing.get(file.getKey()))) {
                    edit.stage(file.getKey(), file.getValue());
                }
            }
            return edit;
        } catch (IOException e) {
            edit.abandon();
            throw e;
        }
    }

    private void stage(String name, String text) throws IOException {
        Path target = folder.resolve(name);
        Path beside = folder.resolve("." + name + STAGED);
        staged.put(name, beside);
        write(beside, text);
        Files.setPosixFilePermissions(beside, Files.exists(target) ? Files.getPosixFilePermissions(target) : READABLE);
    }

    /** Returns the names of the files that are replaced, added or removed. */
    public Set<String> files() {
        Set<String> files = new TreeSet<>(staged.keySet());
        files.addAll(removed);
        return files;
    }

    /** Keeps a copy of what is going to be replaced or removed, with {@link #ROLLED_BACK} appended to its name. */
    public void keepCopies() throws IOException {
        for (String name : files()) {
            Path standing = folder.resolve(name);
            if (Files.exists(standing)) {
                Files.copy(
                        standing,
                        folder.resolve(name + ROLLED_BACK),
                        StandardCopyOption.REPLACE_EXISTING,
                        StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    /** Puts the files in place. */
    public void commit() throws IOException {
        for (Map.Entry<String, Path> file : staged.entrySet()) {
            Files.move(file.getValue(), folder.resolve(file.getKey()), StandardCopyOption.ATOMIC_MOVE);
        }
        for (String name : removed) {
            Files.deleteIfExists(folder.resolve(name));
        }
        synchronise(folder);
    }

    /** Gives up what was not put in place; after {@link #commit} there is nothing left of it. */
    public void abandon() throws IOException {
        for (Path beside : staged.values()) {
            Files.deleteIfExists(beside);
        }
    }

    /** Replaces a file whole, so that after a crash either the old one or the new one is there. */
    static void replace(Path file, String text) throws IOException {
        Path beside = file.resolveSibling("." + file.getFileName() + STAGED);
        write(beside, text);
        Files.setPosixFilePermissions(beside, PosixFilePermissions.fromString("rw-------"));
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        synchronise(file.toAbsolutePath().getParent());
    }

    /** Removes a file, for good. */
    static void remove(Path file) throws IOException {
        if (Files.deleteIfExists(file)) {
            synchronise(file.toAbsolutePath().getParent());
        }
    }

    private static void write(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardCharsets.UTF_8);
        synchronise(file);
    }

    private static void synchronise(@org.jspecify.annotations.Nullable Path path) throws IOException {
        if (path == null) {
            throw new NoSuchFileException("/");
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
