package org.sallyport.lab.appliance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.sallyport.lab.process.CommandFailedException;

/**
 * What was built: the distribution and the launcher.
 *
 * @param root the source tree
 */
public record Distribution(Path root) {
    private static final String ROOT_VARIABLE = "SALLYPORT_ROOT";

    /** The tree that {@code ./sallyport} belongs to, else the one around the working directory. */
    public static Distribution find() {
        Optional<Path> named = Optional.ofNullable(System.getenv(ROOT_VARIABLE)).map(Path::of);
        Path start = named.orElseGet(() -> Path.of("").toAbsolutePath());
        for (Path directory = start; directory != null; directory = directory.getParent()) {
            if (Files.exists(directory.resolve("karaf-dist/pom.xml"))) {
                return new Distribution(directory);
            }
        }
        throw new CommandFailedException(start + " is not inside Sallyport's source tree");
    }

    /** The unpacked distribution, KARAF_HOME. */
    public Path home() {
        Path home = root.resolve("karaf-dist/target/assembly");
        if (!Files.isExecutable(home.resolve("bin/karaf"))) {
            throw new CommandFailedException(home + " holds no distribution: build it with ./mvnw package");
        }
        return home;
    }

    /** A script of the distribution. */
    public String script(String name) {
        return home().resolve("bin").resolve(name).toString();
    }

    /** The launcher that starts a program under the interceptor. */
    public Path launcher() {
        Path target = root.resolve("bundles/interceptor/target");
        try (Stream<Path> files = Files.walk(target, 3)) {
            return files.filter(file -> file.endsWith("sallyport-run") && Files.isExecutable(file))
                    .filter(Files::isRegularFile)
                    .findFirst()
                    .orElseThrow(() -> new CommandFailedException("there is no launcher below " + target));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** What a program of a bundle's needs where no framework runs. */
    public List<Path> jars() {
        try (Stream<Path> system = Files.walk(home().resolve("system"));
                Stream<Path> boot = Files.list(home().resolve("lib/boot"))) {
            // Karaf's logging answers to slf4j here too, and wants the framework's classes even where no framework
            // runs.
            return Stream.concat(boot, system)
                    .filter(file -> file.toString().endsWith(".jar"))
                    .filter(file -> file.toString().contains("/org/sallyport/")
                            || file.toString().contains("osgi.core")
                            || file.toString().contains("pax-logging-api"))
                    .sorted()
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The project's own bundles in the distribution. */
    public List<Path> bundles() {
        return jars().stream()
                .filter(jar -> jar.toString().contains("/org/sallyport/"))
                .filter(jar -> !jar.toString().contains("/karaf-setup/"))
                .toList();
    }

    /** The java program that runs this very code, for children. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
