package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.sallyport.lab.appliance.Distribution;
import org.sallyport.lab.matrix.StrongSwanMatrix;

/** Every cell of the strongSwan matrix was filled by the tests before this one, and the document says so. */
@Order(Integer.MAX_VALUE)
class MatrixTest {
    private static final String START = "<!-- from here on written by MatrixTest -->\n";

    private final StrongSwanMatrix matrix = StrongSwanMatrix.ofThisTree();

    @Test
    void noCellIsEmpty() {
        assertThat(matrix.empty())
                .as("cells that the tests of bundles/ike and itests should have filled in this run")
                .isEmpty();
    }

    @Test
    void theDocumentSaysWhatThisRunHasShown() throws IOException {
        Path document = Distribution.find().root().resolve("docs/strongswan.md");
        String text = Files.readString(document);
        String expected = text.substring(0, text.indexOf(START) + START.length()) + matrix.table();
        Path written = Files.writeString(Path.of("target/strongswan.md"), expected);
        assertThat(text)
                .as("docs/strongswan.md is not what this run has shown; to bring it up to date: cp "
                        + written.toAbsolutePath() + " docs/strongswan.md")
                .isEqualTo(expected);
    }
}
