package org.sallyport.ike.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.sallyport.crypto.CryptoRegistry;
import org.sallyport.crypto.StandardProviders;

class RehearsalTest {
    private static final String PROPOSAL = "aes256gcm16-prfsha256-x25519";

    private final Rehearsal rehearsal = new Rehearsal(CryptoRegistry.of(StandardProviders.all()));

    @Test
    void bothSidesOfAWarmHandshakeTakeFewerThanEightMillisecondsOfOneCore() {
        for (int i = 0; i < 400; i++) {
            assertThat(rehearsal.handshake(PROPOSAL)).isTrue();
        }
        long[] took = new long[200];
        for (int i = 0; i < took.length; i++) {
            long from = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            assertThat(rehearsal.handshake(PROPOSAL)).isTrue();
            took[i] = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - from;
        }
        Arrays.sort(took);
        assertThat(took[took.length / 2]).as("median in ns, both sides").isLessThan(8_000_000L);
    }

    @Test
    void everyKeyExchangeIsRehearsed() {
        for (String proposal : new String[] {
            "aes256gcm16-prfsha384-ecp384",
            "aes128gcm16-prfsha256-ecp256",
            "aes256gcm16-prfsha512-x25519",
            "aes256-sha256-prfsha256-modp2048",
            "aes128-aesxcbc-prfaesxcbc-x448",
            "aes192-aescmac-prfaescmac-ecp521",
            "chacha20poly1305-prfsha384-ecp256bp",
            "aes128ccm8-prfsha256-ecp384bp"
        }) {
            assertThat(rehearsal.handshake(proposal)).as(proposal).isTrue();
        }
    }
}
