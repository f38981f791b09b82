package org.sallyport.lab.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class UdpReceiptsTest {
    @Test
    void readsTheKernelsTable() {
        assertThat(UdpReceipts.parse("""
                Tcp: RtoAlgorithm RtoMin
                Tcp: 1 200
                Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors
                Udp: 17 3 5 1 4 0
                UdpLite: InDatagrams NoPorts
                UdpLite: 9 9
                """)).isEqualTo(new UdpReceipts(17, 4, 3));
    }

    @Test
    void aTableWithoutUdpIsAnError() {
        assertThatThrownBy(() -> UdpReceipts.parse("Tcp: a\nTcp: 1\n")).isInstanceOf(IllegalStateException.class);
    }
}
