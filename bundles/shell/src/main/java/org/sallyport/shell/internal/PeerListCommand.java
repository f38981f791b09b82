package org.sallyport.shell.internal;

import java.io.PrintStream;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.sallyport.api.admin.ChildSaView;
import org.sallyport.api.admin.IkeSaView;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.sa.ConnectionId;

/** Lists the peers, also those with which there is nothing now. */
@Service
@Command(
        scope = "sallyport",
        name = "peer-list",
        description = "Lists the configured peers and how it stands with each")
public final class PeerListCommand extends SallyportAction {
    private static final List<String> COLUMNS = List.of(
            "peer", "state", "address", "identity", "our_identity", "authentication", "proposals", "sas", "since");

    @Override
    void run(Appliance services, PrintStream output) {
        List<IkeSaView> ikeSas =
                services.has(Capability.IKE) ? services.ikeSas().list() : List.of();
        List<ChildSaView> sas = services.has(Capability.SAD) ? services.sas().list() : List.of();
        var rows = services.pad().entries().stream()
                .map(e -> row(e, of(e.connection(), ikeSas), children(e.connection(), sas))
                        .values())
                .toList();
        new Listing("There is no peer: write etc/org.sallyport.peer-NAME.cfg.", COLUMNS, rows).print(output, json());
    }

    private static List<IkeSaView> of(ConnectionId connection, List<IkeSaView> all) {
        return all.stream().filter(v -> v.id().connection().equals(connection)).toList();
    }

    private static long children(ConnectionId connection, List<ChildSaView> all) {
        return all.stream()
                .filter(v -> v.lineage().ikeSa().connection().equals(connection))
                .filter(v -> v.state().equals("active"))
                .map(ChildSaView::lineage)
                .distinct()
                .count();
    }

    private static Listing.Row row(PadEntry peer, List<IkeSaView> ikeSas, long children) {
        return Listing.row()
                .with("peer", peer.connection())
                .with("state", state(ikeSas, children))
                .with(
                        "address",
                        peer.remoteAddress().map(InetAddress::getHostAddress).orElse("any"))
                .with(
                        "our_address",
                        peer.localAddress().map(InetAddress::getHostAddress).orElse("by route"))
                .with("identity", peer.remoteIdentity())
                .with("our_identity", peer.localIdentity())
                .with("authentication", peer.authentication())
                .with("proposals", peer.ikeProposals())
                .with("permitted_local", ranges(peer.permittedLocal()))
                .with("permitted_remote", ranges(peer.permittedRemote()))
                .with("sas", children)
                .with("since", ikeSas.stream().map(IkeSaView::age).max(Comparator.naturalOrder()));
    }

    private static List<String> ranges(List<AddressRange> ranges) {
        return ranges.isEmpty()
                ? List.of("any")
                : ranges.stream().map(AddressRange::toString).toList();
    }

    /** Up without a Child SA carries nothing, so it is not shown as up. */
    private static String state(List<IkeSaView> ikeSas, long children) {
        boolean established = ikeSas.stream()
                .anyMatch(v -> v.state().equals("established") || v.state().equals("rekeying"));
        if (established) {
            return children > 0 ? "up" : "up, no SA";
        }
        if (children > 0) {
            return "degraded: SAs without an IKE SA";
        }
        return ikeSas.isEmpty() ? "down" : ikeSas.getFirst().state();
    }
}
