package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sallyport.lab.appliance.ApplianceShell;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.attack.Barrage;
import org.sallyport.lab.attack.Corpus;
import org.sallyport.lab.attack.Datagram;
import org.sallyport.lab.attack.InitFlood;
import org.sallyport.lab.attack.PacketMutator;
import org.sallyport.lab.attack.Siege;
import org.sallyport.lab.attack.UdpReceipts;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.peer.NumberedTraffic;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.session.Fetch;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.topology.LabNetwork;

/**
 * What anybody may send: a million damaged, replayed and oversized IKE and ESP packets, made from real ones, and
 * IKE_SA_INIT requests from many addresses. Both ends are targets; their SA must not notice.
 */
@Timeout(400)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FloodTest {
    private static final long PACKETS = 1_000_000;
    private static final long WARM_UP = 50_000;
    private static final double PER_SECOND = 20_000;
    private static final Duration LONGEST = Duration.ofSeconds(200);
    private static final long HEAP_GROWTH = 64L << 20;
    private static final long SEED = 20261120;

    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    private static LabFixture fixture;
    private static Lab lab;
    private static Corpus corpus;

    @BeforeAll
    static void openLab() {
        fixture = WATCHER.watch(LabFixture.open(
                Lab.Plan.standard("flood", PeerKind.SALLYPORT).withJavaOptions("-XX:+PrintClassHistogram")));
        lab = fixture.lab();
        for (int round = 0; round < 3; round++) {
            assertThat(lab.fetch().httpStatus()).isEqualTo(200);
            fixture.hostShell().rekeyChild();
        }
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        corpus = Corpus.of(lab.outer().settled());
        // It could not keep up with what comes now, and is not asked any more.
        lab.stopOuterWitness();
    }

    @AfterAll
    static void closeLab() {
        WATCHER.close();
    }

    @Test
    @Order(1)
    void aMillionDamagedPacketsChangeNothing() {
        Namespace host = lab.network().host();
        Namespace gateway = lab.network().gateway();
        Set<String> before = spis();
        long started = EventLog.now();
        PacketMutator mutator = new PacketMutator(corpus, SEED);
        Siege siege = new Siege(host, gateway);
        try (Barrage barrage =
                Barrage.start(lab.network().wan(), () -> mutator.next().datagram(), PER_SECOND)) {
            siege.deliver(barrage, WARM_UP, LONGEST);
            long hostHeap = lab.host().liveHeapBytes();
            long gatewayHeap = lab.gateway().liveHeapBytes();
            UdpReceipts receipts = siege.deliver(barrage, PACKETS, LONGEST);
            assertThat(receipts.delivered()).isGreaterThanOrEqualTo(PACKETS);
            assertThat(lab.host().liveHeapBytes() - hostHeap).isLessThan(HEAP_GROWTH);
            assertThat(lab.gateway().liveHeapBytes() - gatewayHeap).isLessThan(HEAP_GROWTH);
        }
        assertThat(spis()).isEqualTo(before).isNotEmpty();
        assertThat(lab.host().journal().since(started, "child-sa-down")).isEmpty();
        assertThat(lab.gateway().journal().since(started, "child-sa-down")).isEmpty();
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        assertThat(lab.host().journal().since(started, "child-sa-up")).isEmpty();
        try (NumberedTraffic traffic = NumberedTraffic.start(
                host, LabNetwork.HOST_INNER, lab.network().server(), LabNetwork.SERVER, 9000, Duration.ofMillis(2))) {
            Wait.until("traffic after the flood", Duration.ofSeconds(5), () -> traffic.received() > 500);
            assertThat(traffic.finish(Duration.ofMillis(300)).lost()).isEmpty();
        }
        noExceptions();
    }

    @Test
    @Order(2)
    void aGenuineHandshakeGetsThroughAFloodOfInitiators() {
        Datagram request = corpus.initRequest(LabNetwork.GATEWAY_OUTER).orElseThrow();
        InitFlood flood = new InitFlood(request, SEED);
        Siege siege = new Siege(lab.network().gateway());
        long heap = lab.gateway().liveHeapBytes();
        try (Barrage barrage = Barrage.start(lab.network().wan(), flood::next, PER_SECOND / 4)) {
            siege.deliver(barrage, WARM_UP, LONGEST);
            for (int round = 0; round < 3; round++) {
                fixture.forgetSas();
                long now = EventLog.now();
                Fetch fetch = lab.fetch();
                assertThat(fetch.httpStatus()).as(fetch.error()).isEqualTo(200);
                assertThat(fetch.connectMillis()).isLessThan(1000);
                assertThat(lab.host().journal().since(now, "child-sa-up")).isNotEmpty();
            }
            siege.deliver(barrage, WARM_UP, LONGEST);
        }
        assertThat(lab.gateway().liveHeapBytes() - heap).isLessThan(HEAP_GROWTH);
        noExceptions();
    }

    private static Set<String> spis() {
        return fixture.gatewayShell().pairs().stream()
                .map(ApplianceShell.Pair::spiIn)
                .collect(Collectors.toSet());
    }

    private static void noExceptions() {
        assertThat(lab.host().log()).doesNotContain("Exception");
        assertThat(lab.gateway().log()).doesNotContain("Exception");
    }
}
