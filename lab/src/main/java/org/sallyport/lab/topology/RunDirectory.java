package org.sallyport.lab.topology;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.sallyport.lab.net.Namespace;

/**
 * Where one run keeps its files, and how what an earlier run left behind is found: directory and namespaces carry the
 * process id of the run that made them.
 */
public final class RunDirectory implements AutoCloseable {
    private static final Path ROOT = Path.of("/var/lib/sallyport-lab");
    private static final Pattern NAME = Pattern.compile("sp(\\d+)(?:-.*)?");

    private final Path path;

    private RunDirectory(Path path) {
        this.path = path;
    }

    /** Makes a directory for this process; a process may have several, told apart by the label. */
    public static RunDirectory create(String label) {
        try {
            Files.createDirectories(
                    ROOT, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path directory = ROOT.resolve(prefix() + "-" + label);
            delete(directory);
            return new RunDirectory(Files.createDirectory(directory));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** What the names of this run's namespaces start with. */
    public static String prefix() {
        return "sp" + ProcessHandle.current().pid();
    }

    public Path path() {
        return path;
    }

    /** Makes a directory below this one. */
    public Path directory(String name) {
        try {
            return Files.createDirectories(path.resolve(name));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        delete(path);
    }

    /** Removes what runs that are no more have left: namespaces with the processes inside, and directories. */
    public static List<String> removeLeftovers() {
        return remove(RunDirectory::isLeftover);
    }

    /** Removes what this very process has made, also when it was interrupted while it was making it. */
    public static List<String> removeOwn() {
        return remove(name -> name.equals(prefix()) || name.startsWith(prefix() + "-"));
    }

    private static List<String> remove(Predicate<String> condemned) {
        List<String> removed = new ArrayList<>();
        for (String name : Namespace.names()) {
            if (condemned.test(name)) {
                Namespace.existing(name).close();
                removed.add("namespace " + name);
            }
        }
        for (Path directory : directories()) {
            if (condemned.test(directory.getFileName().toString())) {
                delete(directory);
                removed.add(directory.toString());
            }
        }
        return List.copyOf(removed);
    }

    private static boolean isLeftover(String name) {
        Matcher matcher = NAME.matcher(name);
        return matcher.matches() && !isJava(Long.parseLong(matcher.group(1)));
    }

    private static boolean isJava(long pid) {
        Optional<String> command =
                ProcessHandle.of(pid).flatMap(process -> process.info().command());
        return command.filter(path -> path.endsWith("/java")).isPresent();
    }

    private static List<Path> directories() {
        if (!Files.isDirectory(ROOT)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(ROOT)) {
            return entries.toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Removes a directory with everything in it. */
    public static void delete(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
