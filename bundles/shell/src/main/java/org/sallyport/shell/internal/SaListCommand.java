package org.sallyport.shell.internal;

import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.sallyport.api.admin.ChildSaView;

/** Lists pairs of SAs. */
@Service
@Command(scope = "sallyport", name = "sa-list", description = "Lists the security associations, a pair in a line")
public final class SaListCommand extends SallyportAction {
    private static final List<String> COLUMNS = List.of(
            "sa",
            "policy",
            "peer",
            "protocol",
            "spi_in",
            "spi_out",
            "state",
            "algorithms",
            "age",
            "rekey_in",
            "sent",
            "received",
            "sequence",
            "dropped",
            "uses",
            "unneeded",
            "share");

    @Override
    void run(Appliance services, PrintStream output) {
        var rows = services.sas().list().stream()
                .sorted(Comparator.comparing(v -> v.lineage().number()))
                .map(v -> row(v).values())
                .toList();
        new Listing("There is no security association.", COLUMNS, rows).print(output, json());
    }

    private static Listing.Row row(ChildSaView view) {
        return Listing.row()
                .with("sa", view.lineage())
                .with("number", view.lineage().number())
                .with("connection", view.lineage().ikeSa().connection())
                .with("policy", view.policy())
                .with("peer", view.peerIdentity())
                .with("share", view.share())
                .with("protocol", Words.of(view.inbound().protocol()))
                .with("spi_in", view.inbound())
                .with("spi_out", view.outbound())
                .with("state", view.state())
                .with("algorithms", view.algorithms())
                .with("selectors", view.selectors())
                .with("path", view.path())
                .with("path_mtu", view.pathMtu())
                .with("age", view.age())
                .with("rekey_in", view.lifetimes().softTime().minus(view.age()))
                .with("ends_in", view.lifetimes().hardTime().minus(view.age()))
                .with("sent", new Words.Octets(view.sent().octets()))
                .with("sent_packets", view.sent().packets())
                .with("received", new Words.Octets(view.received().octets()))
                .with("received_packets", view.received().packets())
                .with("sequence", view.sequence())
                .with("window_top", view.windowTop())
                .with("window", view.window())
                .with("dropped", view.dropped())
                .with("uses", view.useCount())
                .with("unneeded", view.unneeded())
                .with("lineage_octets", view.totals());
    }
}
