package org.sallyport.spd.internal.config;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads the files of a folder as FileInstall does, for when Karaf does not run yet. */
public final class ConfigurationFolder {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]*)}");
    private static final long LARGEST = 1 << 20;

    private ConfigurationFolder() {}

    /** Returns the names of our files in the folder, ordered. */
    public static List<String> list(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Files::isRegularFile)
                    .map(p -> p.getFileName().toString())
                    .filter(n -> ConfigurationFile.kind(n).isPresent())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads all our files; those that cannot be read become problems. */
    public static List<ConfigurationFile> read(Path folder, Problems problems) {
        return parse(texts(folder, problems), folder, problems);
    }

    /** Returns the texts of all our files in the folder, by their names; those that cannot be read become problems. */
    public static SortedMap<String, String> texts(Path folder, Problems problems) {
        SortedMap<String, String> texts = new TreeMap<>();
        list(folder).forEach(name -> text(folder.resolve(name), problems).ifPresent(text -> texts.put(name, text)));
        return texts;
    }

    /** Returns the text of a file; when it cannot be read, that becomes a problem. */
    public static Optional<String> text(Path file, Problems problems) {
        String name = file.getFileName().toString();
        try {
            if (Files.size(file) > LARGEST) {
                throw new IOException("it is larger than 1 MiB");
            }
            return Optional.of(Files.readString(file, StandardCharsets.UTF_8));
        } catch (MalformedInputException e) {
            problems.add(name, "", "", "the file is not text in UTF-8");
        } catch (IOException e) {
            problems.add(name, "", "", "the file cannot be read: " + e.getMessage());
        }
        return Optional.empty();
    }

    /**
     * Reads texts as if they were files of a folder.
     *
     * @param texts by the names of files, each one of ours
     */
    public static List<ConfigurationFile> parse(Map<String, String> texts, Path folder, Problems problems) {
        List<ConfigurationFile> files = new ArrayList<>();
        texts.forEach((name, text) -> {
            try {
                ConfigurationFile.Kind kind = ConfigurationFile.kind(name).orElseThrow();
                files.add(new ConfigurationFile(
                        name,
                        kind,
                        ConfigurationFile.name(kind, name),
                        folder.toAbsolutePath().normalize(),
                        values(text, folder)));
            } catch (IOException | IllegalArgumentException e) {
                problems.add(name, "", "", "the file cannot be read: " + e.getMessage());
            }
        });
        return files;
    }

    private static Map<String, String> values(String text, Path folder) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(text));
        return properties.stringPropertyNames().stream()
                .collect(Collectors.toMap(key -> key, key -> substitute(properties.getProperty(key), folder)));
    }

    /** FileInstall replaces variables; the one that makes sense here is Karaf's folder of configurations. */
    private static String substitute(String value, Path folder) {
        Matcher matcher = VARIABLE.matcher(value);
        return matcher.replaceAll(m -> Matcher.quoteReplacement(
                m.group(1).equals("karaf.etc") ? folder.toAbsolutePath().toString() : m.group()));
    }
}
