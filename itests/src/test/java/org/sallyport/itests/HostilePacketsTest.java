package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.sallyport.lab.appliance.Appliance;
import org.sallyport.lab.appliance.Site;
import org.sallyport.lab.attack.Barrage;
import org.sallyport.lab.attack.Corpus;
import org.sallyport.lab.attack.InitFlood;
import org.sallyport.lab.attack.PacketMutator;
import org.sallyport.lab.attack.Siege;
import org.sallyport.lab.attack.UdpReceipts;
import org.sallyport.lab.process.Wait;
import org.sallyport.lab.session.ClearText;
import org.sallyport.lab.session.Fetch;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.PeerKind;
import org.sallyport.lab.topology.LabNetwork;
import org.sallyport.lab.witness.Witness;

/**
 * What anybody on the Internet may send to either appliance: damaged and repeated copies of its own packets, a million of
 * them, and IKE_SA_INIT requests from ever new addresses. The SA that stands must not notice, and who means it gets in.
 */
@Timeout(420)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HostilePacketsTest {
    private static final String SECRET = "known to both gates";
    private static final long SEED = 20261121;
    private static final long PACKETS = 1_000_000;
    private static final long FLOODED = 100_000;
    private static final double FLOOD_PER_SECOND = 10_000;
    private static final int HANDSHAKES = 5;
    private static final double HANDSHAKE_MILLIS = 1000;
    private static final long HEAP_GROWTH = 64L << 20;
    private static final long LOG_GROWTH = 16L << 20;
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Pattern TROUBLE = Pattern.compile("(?m)^.*(Exception|Error\\b|\\bERROR\\b).*$");
    /** Where the virtual machine prints what every thread does when it is asked for a histogram, exceptions included. */
    private static final Pattern UNCAUGHT =
            Pattern.compile("(?m)^.*(Exception in thread|Terminating due to|fatal error).*$");

    @RegisterExtension
    static final LabWatcher WATCHER = new LabWatcher();

    private static LabFixture fixture;
    private static Lab lab;
    private static Corpus corpus;
    private static Witness clear;
    private static SecondConnection second;

    @BeforeAll
    static void recordWhatIsReal() {
        fixture = WATCHER.watch(LabFixture.open(Lab.Plan.standard("hostile", PeerKind.SALLYPORT)
                .withHost(SecondConnection.host(Site.host(SECRET)))
                .withGateway(SecondConnection.gateway(Site.gateway(SECRET)))
                .withJavaOptions("-XX:+PrintClassHistogram")));
        lab = fixture.lab();
        second = new SecondConnection(lab);
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        Set<String> first = Before.spis();
        fixture.hostShell().rekeyIke();
        fixture.hostShell().rekeyChild();
        Wait.until(
                "the successors, and they alone",
                SOON,
                () -> Stream.of(lab.host(), lab.gateway())
                                .allMatch(each ->
                                        ikeSas(each).size() == 1 && pairs(each).size() == 1)
                        && Collections.disjoint(Before.spis(), first));
        assertThat(lab.fetch().httpStatus()).isEqualTo(200);
        corpus = Corpus.of(lab.outer().settled());
        lab.stopOuterWitness();
        clear = lab.kept(Witness.start(
                lab.network().wan(), LabNetwork.WAN_HOST_DEVICE, lab.directory(), "not udp and not icmp"));
        lab.network().wan().ip("route", "add", "blackhole", "100.64.0.0/10");
    }

    @AfterAll
    static void closeLab() {
        WATCHER.close();
    }

    @Test
    @Order(1)
    void aMillionDamagedAndRepeatedPacketsChangeNothing() {
        PacketMutator mutator = new PacketMutator(corpus, SEED);
        Siege siege = new Siege(lab.network().host(), lab.network().gateway());
        Before before = Before.now();
        try (Barrage barrage =
                Barrage.start(lab.network().wan(), () -> mutator.next().datagram(), 5_000)) {
            long taken = 0;
            for (int count = 0; count < HANDSHAKES; count++) {
                long sent = barrage.sent();
                UdpReceipts receipts = siege.deliver(barrage, PACKETS / HANDSHAKES, Duration.ofMinutes(1));
                taken += barrage.sent() - sent - receipts.overflown();
                assertThat(receipts.unclaimed()).as("sent to nobody").isZero();
                assertPrompt(second.handshake());
            }
            assertThat(taken).as("packets that were taken").isGreaterThanOrEqualTo(PACKETS);
            before.assertHeapHasNotGrown();
        }
        before.assertManyWereRefused();
        second.end();
        before.assertNothingChanged();
    }

    @Test
    @Order(2)
    void whoMeansItGetsThroughAFloodOfInitiators() {
        InitFlood flood =
                new InitFlood(corpus.initRequest(LabNetwork.GATEWAY_OUTER).orElseThrow(), SEED);
        Before before = Before.now();
        try (Barrage barrage = Barrage.start(lab.network().wan(), flood::next, FLOOD_PER_SECOND)) {
            UdpReceipts start = UdpReceipts.of(lab.network().gateway());
            Wait.until("the flood", SOON, () -> barrage.sent() > FLOOD_PER_SECOND);
            for (int count = 0; count < HANDSHAKES; count++) {
                assertPrompt(second.handshake());
            }
            Wait.until("the whole flood", Duration.ofMinutes(2), () -> taken(start) >= FLOODED);
            before.assertHeapHasNotGrown();
        }
        second.end();
        before.assertNothingChanged();
    }

    private static void assertPrompt(double millis) {
        assertThat(millis).as("milliseconds until a program was connected").isLessThan(HANDSHAKE_MILLIS);
    }

    private static long taken(UdpReceipts start) {
        return UdpReceipts.of(lab.network().gateway()).since(start).delivered();
    }

    /** The pairs as they are, but for the counters of what was refused. */
    private static Set<SaRow.Carried> pairs(Appliance appliance) {
        return SaRow.list(appliance).stream().map(SaRow::carried).collect(Collectors.toSet());
    }

    private static long refused(Appliance appliance) {
        return SaRow.list(appliance).stream().mapToLong(SaRow::dropped).sum();
    }

    private static Set<String> ikeSas(Appliance appliance) {
        return IkeRow.list(appliance).stream()
                .filter(row -> row.state().equals("established"))
                .map(row -> row.initiatorSpi() + " " + row.responderSpi())
                .collect(Collectors.toSet());
    }

    /** What must be as it was: the SAs of both appliances, their heaps, and their logs. */
    private record Before(
            Map<String, Set<SaRow.Carried>> pairs,
            Map<String, Set<String>> ikeSas,
            Map<String, Long> refused,
            Map<String, Long> heap,
            Map<String, Long> logged) {
        private static final List<Appliance> APPLIANCES = List.of(lab.host(), lab.gateway());

        static Before now() {
            Before now = new Before(
                    each(HostilePacketsTest::pairs),
                    each(HostilePacketsTest::ikeSas),
                    each(HostilePacketsTest::refused),
                    each(Appliance::liveHeapBytes),
                    each(Before::logSize));
            assertThat(now.pairs.values()).noneMatch(Set::isEmpty);
            assertThat(now.ikeSas.values()).noneMatch(Set::isEmpty);
            return now;
        }

        private static <T> Map<String, T> each(Function<Appliance, T> question) {
            return APPLIANCES.stream()
                    .collect(Collectors.toMap(each -> each.place().toString(), question));
        }

        void assertHeapHasNotGrown() {
            each(Appliance::liveHeapBytes).forEach((place, now) -> assertThat(now - heap.getOrDefault(place, 0L))
                    .as("growth of the live heap in " + place)
                    .isLessThan(HEAP_GROWTH));
        }

        /** What reached the SAs themselves, or the attack would prove little. */
        void assertManyWereRefused() {
            each(HostilePacketsTest::refused).forEach((place, now) -> assertThat(now - refused.getOrDefault(place, 0L))
                    .as("packets that an SA refused in " + place)
                    .isGreaterThan(PACKETS / 100));
        }

        void assertNothingChanged() {
            assertThat(each(HostilePacketsTest::pairs)).isEqualTo(pairs);
            assertThat(each(HostilePacketsTest::ikeSas)).isEqualTo(ikeSas);
            Set<String> before = spis();
            Fetch fetch = lab.fetch();
            assertThat(fetch.httpStatus()).as(fetch.error()).isEqualTo(200);
            assertThat(spis()).as("the SA still carries traffic").isEqualTo(before);
            each(Before::trouble)
                    .forEach((place, lines) ->
                            assertThat(lines).as("the log in " + place).isEmpty());
            each(Before::logSize).forEach((place, now) -> assertThat(now - logged.getOrDefault(place, 0L))
                    .as("what strangers made " + place + " log")
                    .isLessThan(LOG_GROWTH));
            assertThat(ClearText.seenBy(clear)).isEmpty();
        }

        /** The inbound SPIs of both. */
        static Set<String> spis() {
            return APPLIANCES.stream()
                    .flatMap(appliance -> HostilePacketsTest.pairs(appliance).stream())
                    .map(SaRow.Carried::spiIn)
                    .collect(Collectors.toSet());
        }

        private static List<String> trouble(Appliance appliance) {
            return Stream.concat(
                            logs(appliance)
                                    .flatMap(file -> TROUBLE.matcher(text(file)).results()),
                            UNCAUGHT.matcher(text(appliance.base().resolve("karaf.out")))
                                    .results())
                    .map(MatchResult::group)
                    .limit(20)
                    .toList();
        }

        private static long logSize(Appliance appliance) {
            return logs(appliance).mapToLong(file -> file.toFile().length()).sum();
        }

        private static Stream<Path> logs(Appliance appliance) {
            try (Stream<Path> files = Files.list(appliance.base().resolve("data/log"))) {
                return files.toList().stream();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        private static String text(Path file) {
            try {
                return Files.readString(file);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }
}
