package org.sallyport.shell.internal;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.sallyport.api.admin.SaInspection;
import org.sallyport.api.admin.TrafficTotals;

/** Lists what was carried, by connection and by policy. */
@Service
@Command(
        scope = "sallyport",
        name = "traffic-list",
        description = "Lists what was carried for each connection and policy, over all its SAs")
public final class TrafficListCommand extends SallyportAction {
    private static final List<String> COLUMNS = List.of("of", "name", "sent", "received", "dropped", "sas");

    @Override
    void run(Appliance services, PrintStream output) {
        SaInspection sas = services.sas();
        var rows = Stream.concat(rows("connection", sas.totalsByConnection()), rows("policy", sas.totalsByPolicy()))
                .map(Listing.Row::values)
                .toList();
        new Listing("Nothing was carried yet.", COLUMNS, rows).print(output, json());
    }

    private static Stream<Listing.Row> rows(String of, Map<String, TrafficTotals> totals) {
        return totals.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> row(of, entry.getKey(), entry.getValue()));
    }

    private static Listing.Row row(String of, String name, TrafficTotals totals) {
        return Listing.row()
                .with("of", of)
                .with("name", name)
                .with("sent", new Words.Octets(totals.sent().octets()))
                .with("sent_packets", totals.sent().packets())
                .with("received", new Words.Octets(totals.received().octets()))
                .with("received_packets", totals.received().packets())
                .with("dropped", totals.dropped())
                .with("sas", totals.pairs());
    }
}
