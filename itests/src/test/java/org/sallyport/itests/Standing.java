package org.sallyport.itests;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.sallyport.lab.appliance.Appliance;

/**
 * What stands at one moment: IKE SAs by their SPIs, pairs of SAs by theirs, and leases by their holders.
 *
 * @param ikeSas each as connection, initiator's SPI and responder's
 * @param pairs each as lineage, inbound SPI and outbound one
 * @param leases each as lineage, holder and process
 */
record Standing(Set<String> ikeSas, Set<String> pairs, Set<String> leases) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static Standing of(Appliance appliance) {
        String text = appliance.shell(
                "sallyport:ike-list",
                "--json",
                ";",
                "sallyport:sa-list",
                "--json",
                ";",
                "sallyport:lease-list",
                "--json");
        List<JsonNode> lists = documents(text);
        return new Standing(
                rows(lists.get(0), row -> words(row, "ike_sa", "spi_initiator", "spi_responder")),
                rows(lists.get(1), row -> words(row, "sa", "spi_in", "spi_out")),
                rows(lists.get(2), row -> words(row, "sa", "holder", "pid")));
    }

    /** What belongs to one connection. */
    Standing of(String connection) {
        return new Standing(
                only(ikeSas, connection + "["), only(pairs, connection + "["), only(leases, connection + "["));
    }

    /** Those pairs that have one of these inbound SPIs. */
    Set<String> pairsOf(Set<String> spisIn) {
        return pairs.stream()
                .filter(pair -> spisIn.stream().anyMatch(spi -> pair.contains(" " + spi + " ")))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<JsonNode> documents(String text) {
        try (JsonParser parser = JSON.createParser(text)) {
            List<JsonNode> documents = new ArrayList<>();
            while (parser.nextToken() != null) {
                documents.add(JSON.readTree(parser));
            }
            return documents;
        } catch (IOException failure) {
            throw new UncheckedIOException(text, failure);
        }
    }

    private static Set<String> rows(JsonNode list, Function<JsonNode, String> words) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(words)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String words(JsonNode row, String... keys) {
        return List.of(keys).stream().map(key -> row.path(key).asText()).collect(Collectors.joining(" "));
    }

    private static Set<String> only(Set<String> all, String prefix) {
        return all.stream().filter(text -> text.startsWith(prefix)).collect(Collectors.toCollection(TreeSet::new));
    }
}
