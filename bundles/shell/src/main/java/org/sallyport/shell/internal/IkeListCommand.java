package org.sallyport.shell.internal;

import java.io.PrintStream;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.sallyport.api.admin.IkeSaView;
import org.sallyport.api.flow.AddressRange;

/** Lists IKE SAs. */
@Service
@Command(scope = "sallyport", name = "ike-list", description = "Lists the IKE SAs")
public final class IkeListCommand extends SallyportAction {
    private static final List<String> COLUMNS = List.of(
            "ike_sa",
            "peer",
            "state",
            "initiator",
            "spi_initiator",
            "spi_responder",
            "algorithms",
            "path",
            "assigned",
            "age",
            "rekey_in");

    @Override
    void run(Appliance services, PrintStream output) {
        var rows = services.ikeSas().list().stream()
                .sorted(Comparator.comparing(v -> v.id().number()))
                .map(v -> row(v).values())
                .toList();
        new Listing("There is no IKE SA.", COLUMNS, rows).print(output, json());
    }

    private static String assigned(IkeSaView.Addresses given) {
        if (given.addresses().isEmpty()) {
            return "";
        }
        String addresses =
                given.addresses().stream().map(InetAddress::getHostAddress).collect(Collectors.joining(" "));
        return (given.ours() ? "to us " : "to peer ") + addresses;
    }

    private static Listing.Row row(IkeSaView view) {
        return Listing.row()
                .with("ike_sa", view.id())
                .with("number", view.id().number())
                .with("connection", view.id().connection())
                .with("peer", view.peerIdentity())
                .with("state", view.state())
                .with("initiator", view.initiator() ? "we" : "peer")
                .with("spi_initiator", view.initiatorSpi())
                .with("spi_responder", view.responderSpi())
                .with("algorithms", view.algorithms())
                .with("path", view.path())
                .with("assigned", assigned(view.addresses()))
                .with(
                        "addresses",
                        view.addresses().addresses().stream()
                                .map(InetAddress::getHostAddress)
                                .toList())
                .with(
                        "dns_servers",
                        view.addresses().dnsServers().stream()
                                .map(InetAddress::getHostAddress)
                                .toList())
                .with(
                        "subnets",
                        view.addresses().subnets().stream()
                                .map(AddressRange::toString)
                                .toList())
                .with("domains", view.addresses().domains())
                .with("age", view.age())
                .with("rekey_in", view.untilRekey());
    }
}
