package org.sallyport.crypto;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/** Published vectors in files: one in a line, fields with blanks between, a dash for nothing. */
final class Vectors {
    /** Slow vectors are sampled, but {@code -Dsallyport.vectors=all}. */
    private static final boolean ALL = "all".equals(System.getProperty("sallyport.vectors"));

    private Vectors() {}

    /** One line. */
    record Vector(List<String> fields) {
        String text(int field) {
            return fields.get(field);
        }

        byte[] octets(int field) {
            return HexFormat.of().parseHex(text(field));
        }

        boolean is(String result) {
            return text(1).equals(result);
        }

        @Override
        public String toString() {
            return "vector " + text(0);
        }
    }

    static List<Vector> of(String file) {
        try (InputStream in = Objects.requireNonNull(Vectors.class.getResourceAsStream(file), file);
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
            return reader.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> new Vector(Arrays.stream(line.split(" ", -1))
                            .map(field -> field.equals("-") ? "" : field)
                            .toList()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those that are invalid, and every so many others. */
    static List<Vector> sample(String file, int every) {
        List<Vector> all = of(file);
        return ALL
                ? all
                : all.stream()
                        .filter(v -> v.is("invalid") || Integer.parseInt(v.text(0)) % every == 0)
                        .toList();
    }
}
