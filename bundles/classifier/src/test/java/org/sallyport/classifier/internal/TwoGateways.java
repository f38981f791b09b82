package org.sallyport.classifier.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.sallyport.api.sa.InstalledSa;

/** Two data planes on a veth between two namespaces, with what unmodified programs send between them. */
@SuppressWarnings("NullAway.Init") // pairs come when they are asked for
final class TwoGateways implements AutoCloseable {
    private static final String SALT = "0011aa55";
    private static final int WEST = 1001;
    private static final int EAST = 2002;

    final Gateway west;
    final Gateway east;
    InstalledSa[] westPair;
    InstalledSa[] eastPair;

    TwoGateways(int workers, boolean segmentation) throws Exception {
        west = new Gateway(workers, segmentation);
        east = new Gateway(workers, segmentation);
        west.namespace.ip(
                "link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", east.namespace.name());
        for (Gateway side : new Gateway[] {west, east}) {
            boolean first = side == west;
            side.namespace.ip("addr", "add", first ? "192.0.2.1/24" : "192.0.2.2/24", "dev", "wire");
            side.namespace.ip("addr", "add", first ? "2001:db8::1/64" : "2001:db8::2/64", "dev", "wire", "nodad");
            side.namespace.ip("link", "set", "wire", "up");
            side.namespace.ip("addr", "add", first ? "fd01::1/128" : "fd02::1/128", "dev", side.tun.name(), "nodad");
            side.namespace.ip("route", "add", first ? "fd02::/64" : "fd01::/64", "dev", side.tun.name());
        }
        west.inner("10.1.0.1/32", "10.2.0.0/16", "10.1.0.1");
        east.inner("10.2.0.1/32", "10.1.0.0/16", "10.2.0.1");
    }

    /** Installs a pair on each side, with the key of what leaves the east and of what leaves the west. */
    void installPairs(String eastward, String westward) throws Exception {
        eastPair = east.pair(
                Gateway.inbound(EAST).keyed(eastward, SALT).between("192.0.2.2", "192.0.2.1"),
                Gateway.outbound(WEST).keyed(westward, SALT).between("192.0.2.2", "192.0.2.1"));
        westPair = west.pair(
                Gateway.inbound(WEST).keyed(westward, SALT).between("192.0.2.1", "192.0.2.2"),
                Gateway.outbound(EAST).keyed(eastward, SALT).between("192.0.2.1", "192.0.2.2"));
    }

    /** Has a program in the east wait for a stream. */
    void sink(String address) throws Exception {
        Process sink = east.namespace.start("python3", "-c", Programs.SINK, address);
        assertThat(sink.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo("ready");
    }

    /** Sends a stream from the west; tells whether it arrived whole. */
    String source(String address, int octets) {
        return west.namespace.execute("python3", "-c", Programs.SOURCE, address, Integer.toString(octets));
    }

    @Override
    public void close() {
        west.close();
        east.close();
    }
}
