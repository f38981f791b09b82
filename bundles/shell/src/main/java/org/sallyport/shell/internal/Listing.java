package org.sallyport.shell.internal;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows that are printed as a table for people, or whole as JSON for programs.
 *
 * @param nothing what is printed when there is no row
 * @param columns which keys a table shows, in order
 * @param rows keys and values
 */
record Listing(String nothing, List<String> columns, List<Map<String, @Nullable Object>> rows) {
    /** Collects a row. */
    static final class Row {
        private final Map<String, @Nullable Object> values = new LinkedHashMap<>();

        Row with(String key, @Nullable Object value) {
            values.put(key, value);
            return this;
        }

        Map<String, @Nullable Object> values() {
            return values;
        }
    }

    static Row row() {
        return new Row();
    }

    void print(PrintStream out, boolean json) {
        if (json) {
            out.println(Json.write(rows));
        } else if (rows.isEmpty()) {
            out.println(nothing);
        } else {
            table().forEach(out::println);
        }
    }

    private List<String> table() {
        List<List<String>> cells = new ArrayList<>();
        cells.add(columns.stream().map(c -> c.replace('_', ' ')).toList());
        rows.forEach(row -> cells.add(
                columns.stream().map(column -> Words.of(row.get(column))).toList()));
        int[] widths = new int[columns.size()];
        cells.forEach(row -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        });
        List<String> lines = new ArrayList<>();
        cells.forEach(row -> lines.add(line(row, widths)));
        lines.add(1, "-".repeat(lines.stream().mapToInt(String::length).max().orElse(0)));
        return lines;
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
        }
        return line.toString().stripTrailing();
    }
}
