package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.topology.LabNetwork;

/** A peer that does not know of RFC 9611 takes a further Child SA for the same selectors as one like any other. */
@Timeout(180)
class StrongSwanSharesTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int EF = 46;

    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    private static LabFixture fixture;
    private static Lab lab;

    @BeforeAll
    static void openLab() {
        Lab.Plan plan = Lab.Plan.standard("swanshares", PeerKind.STRONGSWAN);
        fixture = WATCHER.watch(LabFixture.open(plan.withHost(plan.host().withPolicy("dscp-sas", "ef"))));
        lab = fixture.lab();
    }

    @AfterAll
    static void closeLab() {
        WATCHER.close();
    }

    private static void ping(int dscp) {
        lab.network()
                .host()
                .command(
                        "ping",
                        "-n",
                        "-c",
                        "3",
                        "-i",
                        "0.2",
                        "-W",
                        "5",
                        "-Q",
                        Integer.toString(dscp << 2),
                        "-I",
                        LabNetwork.HOST_INNER,
                        LabNetwork.SERVER)
                .within(SOON)
                .check();
    }

    private static Set<Integer> spis(int dscp, long since) {
        return lab.outer().settled().stream()
                .filter(packet -> packet.micros() >= since && packet.esp().isPresent())
                .filter(packet -> packet.source().getHostAddress().equals(LabNetwork.HOST_OUTER))
                .filter(packet -> (packet.bytes().get(1) >> 2 & 0x3f) == dscp)
                .map(packet -> packet.esp().orElseThrow().spi())
                .collect(Collectors.toSet());
    }

    @Test
    void itCarriesBothAndEndsBoth() {
        long began = EventLog.now();
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        ping(EF);
        lab.host().journal().await(began, "child-sa-up", SOON, event -> event.value("share")
                .equals("dscp 46"));
        long then = EventLog.now();
        ping(EF);
        ping(0);
        assertThat(spis(EF, then)).hasSize(1).doesNotContainAnyElementsOf(spis(0, then));
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        assertThat(lab.strongSwan().installedChildren()).hasSize(2);
        fixture.forgetSas();
        Wait.until("no SA of strongSwan's", SOON, () -> lab.strongSwan().ikeSas() == 0);
        assertThat(fixture.clearTextSinceLast()).isEmpty();
    }
}
