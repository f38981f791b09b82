package org.sallyport.linux.nftables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.linux.MissingFeatureException;
import org.sallyport.linux.netlink.TestNamespace;

@Timeout(60)
class NftablesTest {
    private TestNamespace namespace;
    private Nftables nftables;

    @BeforeEach
    void open() {
        namespace = new TestNamespace();
        nftables = Nftables.load();
    }

    @AfterEach
    void close() {
        if (nftables != null) {
            namespace.close();
        }
    }

    private String run(String commands) {
        return namespace.in(() -> nftables.run(commands));
    }

    @Test
    void aRulesetIsInstalledAndListed() {
        run("""
                table inet t {
                  chain out {
                    type filter hook output priority 0; policy accept;
                    ip daddr 10.2.0.0/24 tcp dport 80-90 counter drop
                  }
                }
                """);
        assertThat(namespace.exec("nft list ruleset")).contains("ip daddr 10.2.0.0/24", "drop");
        assertThat(namespace.in(() -> nftables.list("table inet t")))
                .contains("tcp dport 80-90 counter drop")
                .doesNotContain("packets 0");
        assertThat(namespace.in(() -> nftables.listJson("ruleset"))).startsWith("{\"nftables\":");
    }

    @Test
    void aRefusedRulesetChangesNothing() {
        run("add table inet t; add chain inet t a");
        assertThatThrownBy(() -> run("delete table inet t\nadd rule inet nothere c drop"))
                .isInstanceOf(NftablesException.class)
                .hasMessageContaining("No such file or directory");
        assertThatThrownBy(() -> run("no such command"))
                .isInstanceOf(NftablesException.class)
                .hasMessageContaining("syntax error");
        assertThat(namespace.exec("nft list ruleset")).contains("table inet t");
    }

    @Test
    void aForeignFlushIsNoticedAtOnce() throws InterruptedException {
        run("add table inet t; add chain inet t a");
        Semaphore heard = new Semaphore(0);
        NftablesMonitor monitor = namespace.in(() -> NftablesMonitor.open(heard::release));
        try (monitor) {
            assertThat(heard.tryAcquire(100, TimeUnit.MILLISECONDS)).isFalse();
            namespace.exec("nft flush ruleset");
            assertThat(heard.tryAcquire(1, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void theMissingLibraryIsNamed() {
        assertThatThrownBy(() -> Nftables.load("libnftables.so.999"))
                .isInstanceOf(MissingFeatureException.class)
                .hasMessageContaining("libnftables.so.999")
                .hasMessageContaining("in clear")
                .hasMessageContaining("libnftables1");
    }
}
