package org.sallyport.capture.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sallyport.capture.internal.Packets.esp;
import static org.sallyport.capture.internal.Packets.ipv4;
import static org.sallyport.capture.internal.Packets.tcp;
import static org.sallyport.capture.internal.Packets.udp;

import org.junit.jupiter.api.Test;
import org.sallyport.api.admin.CaptureCounters;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SpiKey;

class CountersTest {
    private static final AddressRange PROTECTED = AddressRange.parse("10.2.0.0/24");
    private final Counters counters =
            new Counters("sallyport0", f -> PROTECTED.contains(f.remote()) || PROTECTED.contains(f.local()));

    @Test
    void tellsFirstSynsFromRepeatedOnes() {
        see("sallyport0", syn(1));
        see("sallyport0", syn(1));
        see("sallyport0", syn(2));
        assertThat(read().firstSyns().values()).containsExactly(2L);
        assertThat(read().repeatedSyns().values()).containsExactly(1L);
    }

    @Test
    void aSynOnItsWayThroughASecondInterfaceIsNoRepetition() {
        see("sallyport0", syn(1));
        see("lan", syn(1));
        see("sallyport0", syn(1));
        see("lan", syn(1));
        assertThat(read().firstSyns().values()).containsExactly(1L);
        assertThat(read().repeatedSyns().values()).containsExactly(1L);
    }

    @Test
    void clearTextCountsInBothDirectionsButNotInsideTheTun() {
        see("sallyport0", syn(1));
        assertThat(read().clearText()).isEmpty();
        see("eth0", syn(1));
        see("eth0", ipv4(6, "10.2.0.10", "10.1.0.1", tcp(80, 40000, 1, 0x12)));
        assertThat(read().clearText()).hasSize(2);
    }

    @Test
    void espIsNeverClearTextEvenWhereThePeerLiesWithinTheSelectors() {
        see("eth0", ipv4(17, "10.1.0.1", "10.2.0.1", udp(4500, 4500, esp(9, 1, 100))));
        see("eth0", ipv4(17, "10.1.0.1", "10.2.0.1", udp(500, 500, new byte[28])));
        assertThat(read().esp()).containsEntry(new SpiKey(IpsecProtocol.ESP, 9), 1L);
        assertThat(read().clearText()).isEmpty();
    }

    @Test
    void forgetsTheOldestBeforeItGrowsWithoutBound() {
        for (int spi = 1; spi <= FlowCounts.LIMIT + 10; spi++) {
            see("eth0", ipv4(17, "192.0.2.1", "192.0.2.2", udp(4500, 4500, esp(spi, 1, 60))));
        }
        assertThat(read().esp()).hasSize(FlowCounts.LIMIT).doesNotContainKey(new SpiKey(IpsecProtocol.ESP, 1));
    }

    private static byte[] syn(int sequence) {
        return ipv4(6, "10.1.0.1", "10.2.0.10", tcp(40000, 80, sequence, 2));
    }

    private void see(String networkInterface, byte[] packet) {
        counters.count(
                networkInterface, PacketParser.parse(LinkType.RAW_IP, packet).orElseThrow());
    }

    private CaptureCounters read() {
        return counters.read(true, "test", 0, true);
    }
}
