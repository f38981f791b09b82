package org.sallyport.itests;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.StreamSupport;
import org.sallyport.lab.appliance.Appliance;

/** A pair of SAs as the shell lists it, with what it carried and refused on receipt. */
record SaRow(Carried carried, long dropped) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What stays as it is as long as no genuine packet comes. */
    record Carried(String sa, String spiIn, String spiOut, String state, long received, long windowTop) {}

    static List<SaRow> list(Appliance appliance) {
        String listed = appliance.shell("sallyport:sa-list", "--json");
        try {
            return StreamSupport.stream(JSON.readTree(listed).spliterator(), false)
                    .map(SaRow::of)
                    .toList();
        } catch (JsonProcessingException failure) {
            throw new UncheckedIOException(listed, failure);
        }
    }

    private static SaRow of(JsonNode row) {
        Carried carried = new Carried(
                row.path("sa").asText(),
                row.path("spi_in").asText(),
                row.path("spi_out").asText(),
                row.path("state").asText(),
                row.path("received_packets").asLong(),
                row.path("window_top").asLong());
        return new SaRow(carried, row.path("dropped").asLong());
    }
}
