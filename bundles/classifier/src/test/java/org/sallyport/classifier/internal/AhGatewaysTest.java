package org.sallyport.classifier.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.HostPair;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.crypto.CryptoRegistry;
import org.sallyport.crypto.Integrity;
import org.sallyport.crypto.StandardProviders;
import org.sallyport.linux.memory.RawMemory;

/** AH between two data planes on a veth, in both modes and families, through the kernel's own fragmentation. */
@SuppressWarnings("NullAway.Init") // built by each test as it needs them
class AhGatewaysTest {
    private static final CryptoRegistry REGISTRY = CryptoRegistry.of(StandardProviders.all());
    private static final String WITNESS = """
            add table inet witness
            add chain inet witness in { type filter hook prerouting priority -500; }
            add rule inet witness in iifname wire meta l4proto ah counter
            add rule inet witness in iifname wire meta l4proto {esp, udp} counter drop
            """;

    private TwoGateways gateways;
    private InstalledSa[] west;
    private InstalledSa[] east;

    @AfterEach
    void close() {
        if (gateways != null) {
            gateways.close();
        }
    }

    private void tunnel(int workers, int integrity, String westAddress, String eastAddress) throws Exception {
        gateways = new TwoGateways(workers, true);
        install(integrity, westAddress, eastAddress, null);
    }

    private void install(int integrity, String westAddress, String eastAddress, @Nullable HostPair hosts)
            throws Exception {
        for (Gateway side : List.of(gateways.west, gateways.east)) {
            side.classifier.cryptography(REGISTRY);
        }
        west = pair(gateways.west, 1001, 2002, integrity, westAddress, eastAddress, hosts);
        east = pair(
                gateways.east,
                2002,
                1001,
                integrity,
                eastAddress,
                westAddress,
                hosts == null ? null : hosts.reversed());
    }

    private static InstalledSa[] pair(
            Gateway gateway, int in, int out, int integrity, String local, String remote, @Nullable HostPair hosts)
            throws Exception {
        InstalledSa inbound = ah(gateway, Gateway.inbound(in), in, integrity, local, remote, hosts);
        InstalledSa outbound = ah(gateway, Gateway.outbound(out), out, integrity, local, remote, hosts);
        gateway.namespace.inside(
                () -> { // where the raw sockets are to be opened
                    gateway.classifier.installInbound(inbound);
                    return gateway.classifier.activateOutbound(inbound, outbound);
                });
        return new InstalledSa[] {inbound, outbound};
    }

    private static InstalledSa ah(
            Gateway gateway,
            Slots.Sa plain,
            int spi,
            int integrity,
            String local,
            String remote,
            @Nullable HostPair hosts)
            throws Exception {
        Slots.Sa sa = hosts == null ? plain : plain.transporting(hosts);
        Integrity algorithm = REGISTRY.integrity(integrity);
        byte[] key = new byte[algorithm.keyLength()];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) (i * 7 + spi);
        }
        return Slots.ah(gateway.slot(sa), integrity, key, local, remote);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 12, 192.0.2.1, 192.0.2.2",
        "2, 14, 2001:db8::1, 2001:db8::2",
        "2, 9, 192.0.2.1, 192.0.2.2",
        "1, 5, 2001:db8::1, 2001:db8::2",
    })
    void aTunnelCarriesBothFamilies(int workers, int integrity, String westAddress, String eastAddress)
            throws Exception {
        tunnel(workers, integrity, westAddress, eastAddress);
        gateways.east.namespace.execute("nft", WITNESS);
        for (String address : new String[] {"10.2.0.1", "fd02::1"}) {
            for (int size : new int[] {0, 1, 56, 1352, 1400, 8000}) {
                assertThat(ping(address, size)).as(address + " " + size).isEqualTo("answered 3");
            }
            gateways.sink(address);
            assertThat(gateways.source(address, 5_000_000)).startsWith("equal");
        }
        assertNothingLost();
        assertOnlyAh();
    }

    @Test
    void whatALinkIsTooNarrowForIsFragmentedOutside() throws Exception {
        gateways = new TwoGateways(1, true);
        for (Gateway side : List.of(gateways.west, gateways.east)) {
            side.namespace.ip("link", "set", "wire", "mtu", "1300");
        }
        install(14, "192.0.2.1", "192.0.2.2", null);
        for (InstalledSa sa : List.of(west[1], east[1])) {
            RawMemory.putInt(sa.slot().address() + SaSlotLayout.PATH_MTU, 1300);
        }
        assertThat(ping("fd02::1", 1232)).isEqualTo("answered 3");
        assertNothingLost();
    }

    @ParameterizedTest
    @CsvSource({"12, 192.0.2.1, 192.0.2.2", "13, 2001:db8::1, 2001:db8::2", "11, 192.0.2.1, 192.0.2.2"})
    void twoHostsSpeakInTransportMode(int integrity, String westAddress, String eastAddress) throws Exception {
        gateways = new TwoGateways(1, true);
        gateways.west.divert(westAddress, eastAddress);
        gateways.east.divert(eastAddress, westAddress);
        HostPair hosts = new HostPair(Addresses.parse(westAddress), Addresses.parse(eastAddress));
        install(integrity, westAddress, eastAddress, hosts);
        gateways.east.namespace.execute("nft", WITNESS);
        for (int size : new int[] {0, 1, 56, 1352, 1401, 8000}) {
            assertThat(ping(eastAddress, size)).as(size + "").isEqualTo("answered 3");
        }
        gateways.sink(eastAddress);
        assertThat(gateways.source(eastAddress, 5_000_000)).startsWith("equal");
        assertNothingLost();
        assertOnlyAh();
    }

    private String ping(String address, int size) {
        return gateways.west
                .namespace
                .execute("python3", "-c", Programs.PING, address, "3", size + "", "0")
                .trim();
    }

    private void assertNothingLost() {
        assertThat(gateways.west.classifier.drops()).isEmpty();
        assertThat(gateways.east.classifier.drops()).isEmpty();
        for (InstalledSa[] pair : List.of(west, east)) {
            assertThat(counter(pair[0], SaSlotLayout.PACKETS)).isPositive();
            for (int dropped = SaSlotLayout.DROPPED_REPLAY; dropped <= SaSlotLayout.DROPPED_LIMIT; dropped += 8) {
                assertThat(counter(pair[0], dropped)).isZero();
            }
        }
    }

    private static long counter(InstalledSa sa, int offset) {
        return RawMemory.getLong(sa.slot().address() + offset);
    }

    private void assertOnlyAh() {
        assertThat(gateways.east.namespace.execute("nft", "list", "table", "inet", "witness"))
                .containsPattern("l4proto (51|ah) counter packets [1-9]")
                .containsPattern("counter packets 0 bytes 0 drop");
    }
}
