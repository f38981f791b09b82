package org.sallyport.karaf.setup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Makes an instance's directory from a distribution, which stays as it is: one distribution, many instances. */
final class InstanceCreation {
    private static final String HTTPS = "org.apache.felix.http.cfg";
    private static final String SSH = "org.apache.karaf.shell.cfg";
    /** What belongs to the instance that runs in the distribution's own directory, if one does. */
    private static final Set<String> NOT_COPIED = Set.of("keys", "keys.properties", ConsoleUsers.FILE);

    private final Path home;
    private final Instance instance;

    InstanceCreation(Path home, Instance instance) {
        this.home = home;
        this.instance = instance;
    }

    /**
     * Makes the directory.
     *
     * @throws UsageException if the distribution is none, or the directory is an instance already
     */
    void create(Listeners listeners) throws IOException {
        Path template = home.resolve("etc");
        if (!Files.isRegularFile(template.resolve("config.properties"))) {
            throw new UsageException("--home: " + home + " is not a distribution (it has no etc/config.properties)");
        }
        if (Files.exists(instance.etc())) {
            throw new UsageException(
                    "--base: " + instance.base() + " has an etc directory already; name a new directory");
        }
        PrivateFiles.makeDirectory(instance.base());
        copy(template, instance.etc());
        Files.createDirectories(instance.base().resolve("data").resolve("tmp"));
        if (listeners.address().isPresent()) {
            set(HTTPS, "org.apache.felix.http.host", listeners.address().get());
            set(SSH, "sshHost", listeners.address().get());
        }
        if (listeners.https().isPresent()) {
            set(
                    HTTPS,
                    "org.osgi.service.http.port.secure",
                    Integer.toString(listeners.https().getAsInt()));
        }
        if (listeners.ssh().isPresent()) {
            set(SSH, "sshPort", Integer.toString(listeners.ssh().getAsInt()));
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file :
                    files.filter(path -> isTemplate(from.relativize(path))).toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    private static boolean isTemplate(Path relative) {
        String first = relative.getName(0).toString();
        return !NOT_COPIED.contains(first) && !first.startsWith("org.sallyport.");
    }

    private void set(String file, String key, String value) throws IOException {
        Path path = instance.etc().resolve(file);
        String setting = key + " = " + value;
        List<String> lines = Files.readAllLines(path, StandardCharsets.UTF_8).stream()
                .map(line -> line.startsWith(key + " ") || line.startsWith(key + "=") ? setting : line)
                .toList();
        if (!lines.contains(setting)) {
            throw new UsageException("--home: " + home.resolve("etc").resolve(file) + " has no key " + key);
        }
        Files.write(path, lines, StandardCharsets.UTF_8);
    }
}
