package org.sallyport.classifier.internal.packet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules against RFC 6040's figure 4 as it is printed. */
public class TunnelEcnTest {
    private static final String FIGURE_4 = """
            +---------+------------------------------------------------+
            |Arriving |            Arriving Outer Header               |
            |   Inner +---------+------------+------------+------------+
            |  Header | Not-ECT | ECT(0)     | ECT(1)     |     CE     |
            +---------+---------+------------+------------+------------+
            | Not-ECT | Not-ECT |Not-ECT(!!!)|Not-ECT(!!!)| <drop>(!!!)|
            |  ECT(0) |  ECT(0) | ECT(0)     | ECT(1)     |     CE     |
            |  ECT(1) |  ECT(1) | ECT(1) (!) | ECT(1)     |     CE     |
            |    CE   |      CE |     CE     |     CE(!!!)|     CE     |
            +---------+---------+------------+------------+------------+
            """;

    /** RFC 3168 section 5: in the order of their numbers. */
    private static final List<String> CODEPOINTS = List.of("Not-ECT", "ECT(1)", "ECT(0)", "CE");

    /**
     * A cell of the figure.
     *
     * @param leaving -1 for dropped
     */
    public record Cell(int inner, int outer, int leaving, boolean unexpected) {
        @Override
        public String toString() {
            return TunnelEcn.name(inner) + " in " + TunnelEcn.name(outer);
        }
    }

    public static Stream<Cell> figure() {
        List<String[]> rows = FIGURE_4.lines()
                .filter(line -> !line.contains("+"))
                .map(line -> line.substring(1).split("\\|"))
                .skip(1)
                .toList();
        String[] heads = rows.getFirst();
        List<Cell> cells = new ArrayList<>();
        for (String[] row : rows.subList(1, rows.size())) {
            for (int column = 1; column < row.length; column++) {
                cells.add(cell(row[0].strip(), heads[column].strip(), row[column]));
            }
        }
        return cells.stream();
    }

    private static Cell cell(String inner, String outer, String text) {
        boolean unexpected = text.contains("(!!!)");
        String leaving = text.replaceAll("\\(!+\\)", "").strip();
        return new Cell(
                CODEPOINTS.indexOf(inner),
                CODEPOINTS.indexOf(outer),
                leaving.equals("<drop>") ? -1 : CODEPOINTS.indexOf(leaving),
                unexpected);
    }

    @Test
    void theFigureHasEveryPair() {
        assertThat(figure().map(c -> c.inner() * 4 + c.outer()).distinct()).hasSize(16);
        assertThat(figure().filter(Cell::unexpected)).hasSize(4);
        assertThat(figure().filter(c -> c.leaving() < 0)).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("figure")
    void everyPairLeavesAsPrinted(Cell cell) {
        assertThat(TunnelEcn.leaving(cell.inner(), cell.outer())).isEqualTo(cell.leaving());
        assertThat(TunnelEcn.isUnexpected(cell.inner(), cell.outer())).isEqualTo(cell.unexpected());
    }
}
