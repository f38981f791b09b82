package org.sallyport.lab.appliance;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.stream.StreamSupport;
import org.sallyport.lab.process.CommandFailedException;

/**
 * The shell commands of an appliance, as the lab and its tests use them.
 *
 * @param appliance whose shell it is
 */
public record ApplianceShell(Appliance appliance) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * A pair of SAs as the shell lists it.
     *
     * @param sa its lineage
     * @param spiIn the inbound SPI
     * @param spiOut the outbound SPI
     * @param state in words
     */
    public record Pair(String sa, String spiIn, String spiOut, String state) {}

    /** Every pair of SAs. */
    public List<Pair> pairs() {
        return rows(json("sallyport:sa-list")).stream()
                .map(row -> new Pair(
                        row.path("sa").asText(),
                        row.path("spi_in").asText(),
                        row.path("spi_out").asText(),
                        row.path("state").asText()))
                .toList();
    }

    /** How many IKE SAs there are, without those that only wait for the peer to confirm their end. */
    public long ikeSas() {
        return rows(json("sallyport:ike-list")).stream()
                .filter(row -> !row.path("state").asText().equals("deleting"))
                .count();
    }

    /** Whether there is neither an IKE SA nor a Child SA. */
    public boolean hasNoSas() {
        return ikeSas() == 0 && pairs().isEmpty();
    }

    /** Deletes all IKE SAs with their Child SAs and tells the peers. */
    public void deleteIke() {
        appliance.shell("sallyport:ike-delete", "all");
    }

    /** Replaces all IKE SAs by successors. */
    public void rekeyIke() {
        appliance.shell("sallyport:ike-rekey", "all");
    }

    /** Replaces all Child SAs by successors. */
    public void rekeyChild() {
        appliance.shell("sallyport:sa-rekey", "all");
    }

    /** Deletes all Child SAs and tells the peers. */
    public void deleteChild() {
        appliance.shell("sallyport:sa-delete", "all");
    }

    /** What the product's own capture counted: rows of {@code what}, {@code flow_or_spi} and {@code packets}. */
    public List<JsonNode> captureCounters() {
        return rows(json("sallyport:capture-list").path("counters"));
    }

    /** The packets that the product's own capture counted as one kind, over all flows. */
    public long captured(String what) {
        return captureCounters().stream()
                .filter(row -> row.path("what").asText().equals(what))
                .mapToLong(row -> row.path("packets").asLong())
                .sum();
    }

    private static List<JsonNode> rows(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }

    private JsonNode json(String command) {
        String output = appliance.shell(command, "--json");
        try {
            return JSON.readTree(output);
        } catch (JsonProcessingException failure) {
            throw new CommandFailedException(command + " printed no JSON: " + output, failure);
        }
    }
}
