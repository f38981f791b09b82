package org.sallyport.shell.internal;

import java.io.PrintStream;
import java.net.InetAddress;
import java.util.List;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.negotiation.PadEntry;

/** Lists the peers as they are configured. */
@Service
@Command(
        scope = "sallyport",
        name = "peer-list",
        description = "Lists the configured peers; sallyport:connection-list says how it stands with each")
public final class PeerListCommand extends SallyportAction {
    private static final List<String> COLUMNS =
            List.of("peer", "address", "identity", "our_identity", "authentication", "start", "proposals");

    @Override
    void run(Appliance services, PrintStream output) {
        var rows = services.pad().entries().stream().map(e -> row(e).values()).toList();
        new Listing("There is no peer: write etc/org.sallyport.peer-NAME.cfg.", COLUMNS, rows).print(output, json());
    }

    private static Listing.Row row(PadEntry peer) {
        return Listing.row()
                .with("peer", peer.connection())
                .with(
                        "address",
                        peer.remoteAddress().map(InetAddress::getHostAddress).orElse("any"))
                .with(
                        "our_address",
                        peer.localAddress().map(InetAddress::getHostAddress).orElse("by route"))
                .with("identity", peer.remoteIdentity())
                .with("our_identity", peer.localIdentity())
                .with("authentication", peer.remoteAuthentication())
                .with("our_authentication", peer.localAuthentication())
                .with("start", peer.start())
                .with("proposals", peer.ikeProposals())
                .with("pools", peer.pools())
                .with(
                        "requested_addresses",
                        peer.requestedAddresses().stream()
                                .map(InetAddress::getHostAddress)
                                .toList())
                .with("permitted_local", ranges(peer.permittedLocal()))
                .with("permitted_remote", ranges(peer.permittedRemote()));
    }

    private static List<String> ranges(List<AddressRange> ranges) {
        return ranges.isEmpty()
                ? List.of("any")
                : ranges.stream().map(AddressRange::toString).toList();
    }
}
