package org.sallyport.itests;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.StreamSupport;
import org.sallyport.lab.appliance.Appliance;

/** An IKE SA as the shell lists it. */
record IkeRow(String connection, String state, String initiatorSpi, String responderSpi) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static List<IkeRow> list(Appliance appliance) {
        String listed = appliance.shell("sallyport:ike-list", "--json");
        try {
            return StreamSupport.stream(JSON.readTree(listed).spliterator(), false)
                    .map(IkeRow::of)
                    .toList();
        } catch (JsonProcessingException failure) {
            throw new UncheckedIOException(listed, failure);
        }
    }

    private static IkeRow of(JsonNode row) {
        return new IkeRow(
                row.path("connection").asText(),
                row.path("state").asText(),
                row.path("spi_initiator").asText(),
                row.path("spi_responder").asText());
    }
}
