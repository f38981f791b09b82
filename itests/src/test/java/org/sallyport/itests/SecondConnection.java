package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.sallyport.lab.appliance.Appliance;
import org.sallyport.lab.appliance.ApplianceShell;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.appliance.Site;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.session.Fetch;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.topology.LabNetwork;

/**
 * A connection of its own between the two appliances of a lab, over a second outer address of the gateway: it can be
 * made and ended time and again while the lab's own connection stands.
 */
final class SecondConnection {
    private static final String NAME = "second";
    private static final String GATEWAY = "203.0.113.3";
    private static final String URL = "http://[" + LabNetwork.SERVER_V6 + "]:" + Lab.HTTP_PORT + "/";
    private static final Duration SOON = Duration.ofSeconds(10);

    private final Lab lab;

    /** In a lab whose appliances were told of it. */
    SecondConnection(Lab lab) {
        this.lab = lab;
        lab.network().gateway().ip("address", "add", GATEWAY + "/24", "dev", LabNetwork.OUTER_DEVICE);
    }

    /** Tells the host's appliance of it. */
    static Site host(Site site) {
        return with(
                site,
                peer(LabNetwork.HOST_OUTER, GATEWAY, "host.second", "gw.second"),
                policy(LabNetwork.HOST_INNER_V6 + "/128", LabNetwork.SERVER_NET_V6));
    }

    /** Tells the gateway's appliance of it: its peer may come from anywhere, so that everybody is worth an answer. */
    static Site gateway(Site site) {
        return with(
                site,
                peer(GATEWAY, "any", "gw.second", "host.second"),
                policy(LabNetwork.SERVER_NET_V6, LabNetwork.HOST_INNER_V6 + "/128"));
    }

    private static Site with(Site site, String peer, String policy) {
        return site.withFile("secrets/" + NAME + ".psk", "the second secret")
                .withFile("org.sallyport.peer-" + NAME + ".cfg", peer)
                .withFile("org.sallyport.policy-" + NAME + ".cfg", policy);
    }

    private static String peer(String local, String remote, String localId, String remoteId) {
        return """
                schema-version = 1
                local-address = %s
                remote-address = %s
                local-identity = %s
                remote-identity = %s
                auth = psk
                secret-file = secrets/second.psk
                ike-proposals = aes256gcm16-prfsha256-x25519
                dpd-interval = 0s
                """.formatted(local, remote, localId, remoteId);
    }

    /** It comes before the lab's own policy, which covers the same networks. */
    private static String policy(String local, String remote) {
        return """
                schema-version = 1
                order = 5
                action = protect
                local = %s
                remote = %s
                peer = second
                proposals = aes256gcm16-esn-noesn
                hold-time = 5s
                """.formatted(local, remote);
    }

    /** Has a program connect that needs a new IKE SA, and answers how many milliseconds its connect() took. */
    double handshake() {
        end();
        long now = EventLog.now();
        Fetch fetch = lab.fetch(URL);
        assertThat(fetch.httpStatus()).as(fetch.error()).isEqualTo(200);
        lab.host().journal().await(now, "ike-sa-up", SOON); // noted once the call was let go
        assertThat(lab.host().journal().since(now, "ike-sa-up")).hasSize(1);
        return fetch.connectMillis();
    }

    /** Ends its SAs on both ends; those of the other connection stay. */
    void end() {
        if (IkeRow.list(lab.host()).stream().anyMatch(row -> row.connection().equals(NAME))) {
            lab.host().shell("sallyport:ike-delete", NAME);
        }
        Wait.until("the end of the second connection", SOON, () -> Stream.of(lab.host(), lab.gateway())
                .allMatch(SecondConnection::hasOnlyTheFirst));
    }

    private static boolean hasOnlyTheFirst(Appliance appliance) {
        return new ApplianceShell(appliance).pairs().size() == 1;
    }
}
