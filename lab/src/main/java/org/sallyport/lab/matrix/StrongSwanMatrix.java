package org.sallyport.lab.matrix;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.sallyport.lab.appliance.Distribution;
import org.sallyport.lab.topology.RunDirectory;

/**
 * What has to be shown against strongSwan, and by which test it was: features down, who made the IKE SA across. The
 * features are listed in the resource {@code features}; each cell that was shown is a file, so that tests of several
 * modules fill one table. Safe for use by many processes.
 *
 * @param directory where the cells are
 */
public record StrongSwanMatrix(Path directory) {
    /** One feature, and who has to have made the IKE SA when it is shown. */
    private record Row(String chapter, String feature, Set<Initiator> required) {}

    private static final String NONE = "";

    /** The cells of this source tree. */
    public static StrongSwanMatrix ofThisTree() {
        return new StrongSwanMatrix(Distribution.find().root().resolve("target/strongswan-matrix"));
    }

    /** Forgets what was shown, before everything is shown anew. */
    public void clear() {
        RunDirectory.delete(directory);
    }

    /**
     * Notes that a test has shown a feature; called after the last thing that could have failed.
     *
     * @throws IllegalArgumentException if the feature is not listed, or not for this initiator
     */
    public void shown(String feature, Initiator initiator, Class<?> test) {
        boolean listed = rows().stream()
                .anyMatch(row -> row.feature().equals(feature) && row.required().contains(initiator));
        if (!listed) {
            throw new IllegalArgumentException(
                    "\"" + feature + "\" by " + initiator + " is not among the features of the strongSwan matrix");
        }
        try {
            Files.createDirectories(directory);
            Files.writeString(cell(feature, initiator), test.getSimpleName());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The cells that nothing has filled, in words. */
    public List<String> empty() {
        List<String> empty = new ArrayList<>();
        for (Row row : rows()) {
            row.required().stream()
                    .filter(initiator -> test(row.feature(), initiator).isEmpty())
                    .forEach(initiator -> empty.add(row.feature() + ", initiated by " + initiator));
        }
        return empty;
    }

    /** The table, in Markdown. */
    public String table() {
        StringBuilder table = new StringBuilder();
        String chapter = NONE;
        for (Row row : rows()) {
            if (!row.chapter().equals(chapter)) {
                chapter = row.chapter();
                table.append("\n### ")
                        .append(chapter)
                        .append("\n\n| | Sallyport initiates | strongSwan initiates |\n|---|---|---|\n");
            }
            table.append("| ").append(row.feature());
            for (Initiator initiator : Initiator.values()) {
                table.append(" | ").append(text(row, initiator));
            }
            table.append(" |\n");
        }
        return table.toString();
    }

    private String text(Row row, Initiator initiator) {
        return row.required().contains(initiator)
                ? test(row.feature(), initiator).map(name -> "`" + name + "`").orElse("**not shown**")
                : "–";
    }

    private Optional<String> test(String feature, Initiator initiator) {
        Path cell = cell(feature, initiator);
        try {
            return Files.exists(cell) ? Optional.of(Files.readString(cell)) : Optional.empty();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private Path cell(String feature, Initiator initiator) {
        String words = feature.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        return directory.resolve(words + "." + initiator.name().toLowerCase(Locale.ROOT));
    }

    /** Lines: {@code # chapter}; a feature; a feature, {@code |}, and the only side that can initiate it. */
    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        String chapter = NONE;
        for (String line : features().lines().filter(text -> !text.isBlank()).toList()) {
            if (line.startsWith("# ")) {
                chapter = line.substring(2);
            } else {
                String[] parts = line.split(" \\| ", 2);
                Set<Initiator> required = parts.length == 1
                        ? EnumSet.allOf(Initiator.class)
                        : EnumSet.of(Initiator.valueOf(parts[1].toUpperCase(Locale.ROOT)));
                rows.add(new Row(chapter, parts[0], required));
            }
        }
        return rows;
    }

    private static String features() {
        try (InputStream stream = StrongSwanMatrix.class.getResourceAsStream("features")) {
            return new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
