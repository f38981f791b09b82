package org.sallyport.spd.internal.service;

import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.sallyport.spd.internal.config.ConfigurationFile;
import org.sallyport.spd.internal.config.ConfigurationFile.Kind;

/** A configuration as Declarative Services hands it over, turned into the file that it came from. */
final class ConfigurationRecord {
    private static final String PID = "service.pid";
    private static final String FILE = "felix.fileinstall.filename";

    private ConfigurationRecord() {}

    static String pid(Map<String, Object> properties) {
        return String.valueOf(properties.get(PID));
    }

    static ConfigurationFile read(Kind kind, Map<String, Object> properties) {
        Map<String, String> values = new TreeMap<>();
        properties.forEach((key, value) -> {
            if (!isOfTheFramework(key)) {
                values.put(key, text(value));
            }
        });
        Object written = properties.get(FILE);
        if (written != null) {
            return ofFile(kind, path(written.toString()), values);
        }
        String pid = pid(properties);
        String name =
                pid.length() > kind.pid().length() ? pid.substring(kind.pid().length() + 1) : "";
        return new ConfigurationFile(pid, kind, name, Path.of("").toAbsolutePath(), values);
    }

    private static ConfigurationFile ofFile(Kind kind, Path path, Map<String, String> values) {
        Path folder = path.toAbsolutePath().normalize().getParent();
        String file = String.valueOf(path.getFileName());
        String name = ConfigurationFile.kind(file).isPresent() ? ConfigurationFile.name(kind, file) : "";
        return new ConfigurationFile(file, kind, name, folder == null ? Path.of("/") : folder, values);
    }

    private static boolean isOfTheFramework(String key) {
        return key.startsWith("service.")
                || key.startsWith("component.")
                || key.startsWith("felix.fileinstall.")
                || key.startsWith("osgi.ds.")
                || key.startsWith(":")
                || key.equals("org.apache.karaf.features.configKey");
    }

    private static Path path(String written) {
        return written.startsWith("file:") ? Path.of(URI.create(written)) : Path.of(written);
    }

    private static String text(Object value) {
        return switch (value) {
            case Object[] several -> Arrays.stream(several).map(String::valueOf).collect(Collectors.joining(","));
            case Collection<?> several -> several.stream().map(String::valueOf).collect(Collectors.joining(","));
            default -> value.toString();
        };
    }
}
