package org.sallyport.ike.internal.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** What is kept for a target: a text file with one input a line, in hexadecimal; lines with a # are for people. */
public final class FuzzCorpus {
    /** Where the corpora are, from the root of the sources. */
    public static final Path FOLDER = Path.of("bundles/ike/src/test/resources/org/sallyport/ike/fuzz");

    private FuzzCorpus() {}

    /** Reads a target's corpus from the root of the sources. */
    public static List<byte[]> read(Path root, FuzzTarget target) throws IOException {
        List<byte[]> inputs = new ArrayList<>();
        for (String line : Files.readAllLines(file(root, target))) {
            if (!line.startsWith("#")) {
                inputs.add(HexFormat.of().parseHex(line.strip()));
            }
        }
        return inputs;
    }

    /** Writes a target's corpus, the shortest first, and keeps what is there for people. */
    public static void write(Path root, FuzzTarget target, List<byte[]> inputs) throws IOException {
        Path file = file(root, target);
        Stream<String> words = Files.readAllLines(file).stream().filter(line -> line.startsWith("#"));
        Stream<String> lines = inputs.stream()
                .map(HexFormat.of()::formatHex)
                .distinct()
                .sorted((a, b) -> a.length() != b.length() ? Integer.compare(a.length(), b.length()) : a.compareTo(b));
        Files.write(file, Stream.concat(words, lines).toList());
    }

    private static Path file(Path root, FuzzTarget target) {
        return root.resolve(FOLDER).resolve(target.label() + ".txt");
    }
}
