package org.sallyport.shell.internal;

import java.io.PrintStream;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.sallyport.api.admin.PoolView;
import org.sallyport.api.flow.AddressRange;

/** Lists address pools, or who has which address of them. */
@Service
@Command(scope = "sallyport", name = "pool-list", description = "Lists the address pools and what is left of them")
public final class PoolListCommand extends SallyportAction {
    private static final List<String> POOLS =
            List.of("pool", "addresses", "size", "used", "remembered", "dns_servers", "subnets", "domains");
    private static final List<String> LEASES = List.of("pool", "address", "identity", "ike_sas");

    @Option(name = "--leases", description = "List who has, or had last, which address")
    boolean leases;

    @Override
    void run(Appliance services, PrintStream output) {
        Stream<Listing.Row> rows = leases
                ? services.pools().stream()
                        .flatMap(pool -> pool.claims().stream().map(claim -> row(pool, claim)))
                : services.pools().stream().map(PoolListCommand::row);
        new Listing(
                        leases
                                ? "No pool has given an address."
                                : "There is no address pool: write etc/org.sallyport.pool-NAME.cfg.",
                        leases ? LEASES : POOLS,
                        rows.map(Listing.Row::values).toList())
                .print(output, json());
    }

    private static Listing.Row row(PoolView pool) {
        return Listing.row()
                .with("pool", pool.name())
                .with(
                        "addresses",
                        pool.addresses().stream().map(AddressRange::toString).toList())
                .with("size", pool.size())
                .with("used", pool.used())
                .with("remembered", pool.claims().size())
                .with(
                        "dns_servers",
                        pool.dnsServers().stream()
                                .map(InetAddress::getHostAddress)
                                .toList())
                .with(
                        "subnets",
                        pool.subnets().stream().map(AddressRange::toString).toList())
                .with("domains", pool.domains());
    }

    private static Listing.Row row(PoolView pool, PoolView.Claim claim) {
        return Listing.row()
                .with("pool", pool.name())
                .with("address", claim.address().getHostAddress())
                .with("identity", claim.identity())
                .with("ike_sas", claim.ikeSas());
    }
}
