package org.sallyport.classifier.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sallyport.api.admin.ParkingView;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.classifier.internal.worker.FakeGate;
import org.sallyport.linux.memory.RawMemory;

/** Two data planes on a veth between two namespaces carry what unmodified programs send. */
@Timeout(120)
@SuppressWarnings("NullAway.Init") // each test builds what it needs first
class TwoGatewaysTest {
    private static final String KEY = "0f0e0d0c0b0a09080706050403020100f0e0d0c0b0a090807060504030201000";

    private Gateway west;
    private Gateway east;
    private InstalledSa[] westPair;
    private InstalledSa[] eastPair;

    private void build(int workers, boolean segmentation) throws Exception {
        build(workers, segmentation, true);
    }

    private void build(int workers, boolean segmentation, boolean install) throws Exception {
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
        if (install) {
            installPairs();
        }
    }

    private void installPairs() throws Exception {
        eastPair = pair(east, 2002, 1001, "192.0.2.2", "192.0.2.1");
        westPair = pair(west, 1001, 2002, "192.0.2.1", "192.0.2.2");
    }

    private static InstalledSa[] pair(Gateway side, int in, int out, String local, String remote) throws Exception {
        return side.pair(
                Gateway.inbound(in)
                        .keyed(in == 1001 ? KEY : KEY.substring(0, 32), "0011aa55")
                        .between(local, remote),
                Gateway.outbound(out)
                        .keyed(out == 1001 ? KEY : KEY.substring(0, 32), "0011aa55")
                        .between(local, remote));
    }

    @AfterEach
    void close() {
        for (Gateway side : new Gateway[] {west, east}) {
            if (side != null) {
                side.close();
            }
        }
    }

    @Test
    void pingsOfEverySizeArriveInBothFamilies() throws Exception {
        build(1, true);
        for (String address : new String[] {"10.2.0.1", "fd02::1"}) {
            for (int size : new int[] {0, 1, 2, 3, 56, 1352, 1400, 8000}) {
                assertThat(ping(address, 3, size, 0)).as(address + " " + size).isEqualTo("answered 3");
            }
        }
        assertNothingLost();
    }

    @Test
    void aStreamArrivesWholeInBothFamilies() throws Exception {
        build(1, true);
        for (String address : new String[] {"10.2.0.1", "fd02::1"}) {
            sink(address);
            assertThat(source(address, 200_000_000)).startsWith("equal");
        }
        assertThat(counter(eastPair[0], SaSlotLayout.PACKETS)).isGreaterThan(200_000);
        assertThat(counter(eastPair[0], SaSlotLayout.SEQUENCE)).isEqualTo(counter(westPair[1], SaSlotLayout.SEQUENCE));
        assertThat(counter(eastPair[0], SaSlotLayout.DROPPED_INTEGRITY)).isZero();
    }

    @Test
    void aStreamArrivesWithoutSegmentationOnTheWire() throws Exception {
        build(1, false);
        sink("10.2.0.1");
        assertThat(source("10.2.0.1", 50_000_000)).startsWith("equal");
    }

    @Test
    void twoWorkersPassPacketsToTheOwner() throws Exception {
        build(2, true);
        sink("10.2.0.1");
        for (int i = 0; i < 6; i++) {
            assertThat(source("10.2.0.1", 20_000_000)).startsWith("equal");
        }
        assertThat(ping("10.2.0.1", 20, 56, 0)).isEqualTo("answered 20");
    }

    @Test
    void anOuterPathInIpv6Works() throws Exception {
        build(1, true);
        Slots.path(westPair[1].slot(), "2001:db8::1", 4500, "2001:db8::2", 4500);
        Slots.path(eastPair[1].slot(), "2001:db8::2", 4500, "2001:db8::1", 4500);
        long before = counter(westPair[1], SaSlotLayout.PACKETS);
        for (String address : new String[] {"10.2.0.1", "fd02::1"}) {
            assertThat(ping(address, 3, 1400, 0)).isEqualTo("answered 3");
        }
        assertThat(counter(westPair[1], SaSlotLayout.PACKETS)).isGreaterThanOrEqualTo(before + 6);
        sink("fd02::1");
        assertThat(source("fd02::1", 5_000_000)).startsWith("equal");
        assertNothingLost();
    }

    @Test
    void udpOfManySizesArrives() throws Exception {
        build(1, true);
        Process receiver = east.namespace.start("python3", "-c", """
                import socket
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('10.2.0.1', 7000)); s.settimeout(5)
                s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22); print('ready', flush=True)
                seen = [len(s.recv(65536)) for _ in range(300)]
                print(seen == [1 + i * 7 for i in range(300)])
                """);
        assertThat(receiver.inputReader().readLine()).isEqualTo("ready");
        west.namespace.execute("python3", "-c", """
                import socket, time
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                for i in range(300): s.sendto(b'x' * (1 + i * 7), ('10.2.0.1', 7000)); time.sleep(0.0005)
                """);
        assertThat(receiver.inputReader().readLine()).isEqualTo("True");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void whatComesBeforeItsSaIsDeliveredInOrderAndOnce(int workers) throws Exception {
        build(workers, true, false);
        Process receiver = east.namespace.start("python3", "-c", """
                    import socket
                    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('10.2.0.1', 7000)); s.settimeout(20)
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24); print('ready', flush=True)
                    seen = {}; inOrder = True
                    for _ in range(5000):
                        data, sender = s.recvfrom(65536); number = int(data)
                        inOrder &= seen.get(sender, 0) == number; seen[sender] = number + 1
                    s.settimeout(0.3)
                    try: s.recv(100); inOrder = False
                    except TimeoutError: pass
                    print(inOrder, len(seen))
                    """);
        assertThat(receiver.inputReader().readLine()).isEqualTo("ready");
        west.namespace.execute("python3", "-c", """
                    import socket, resource, time
                    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
                    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for i in range(1000)]
                    for i in range(5):
                        for n, s in enumerate(sockets):
                            s.sendto(str(i).encode(), ('10.2.0.1', 7000))
                            if n % 100 == 0: time.sleep(0.005)
                    """);
        // The kernel's own router solicitations may be among them.
        long patience = System.nanoTime() + 2_000_000_000L;
        while (west.classifier.parking().packets() < 5000 && System.nanoTime() < patience) {
            Thread.sleep(1);
        }
        assertThat(west.classifier.parking().flows()).isBetween(1000, 1020);
        assertThat(west.classifier.parking().packets())
                .as(west.classifier.drops() + "")
                .isBetween(5000, 5020);
        installPairs();
        assertThat(receiver.inputReader().readLine()).isEqualTo("True 1000");
        ParkingView after = west.classifier.parking();
        assertThat(after).isEqualTo(new ParkingView(0, 0, 0, after.released(), 0, 0, 0));
        assertThat(west.classifier.drops()).isEmpty();
    }

    @Test
    void aConnectionThatNoSaCarriesIsResetAtOnceAndOneThatIsIsMadeAtOnce() throws Exception {
        build(1, true, false);
        FakeGate gate = west.gate;
        Process refused = west.namespace.start("python3", "-c", """
                import socket, time
                s = socket.socket(); begin = time.time(); s.settimeout(10)
                try: s.connect(('10.2.0.1', 7001)); print('connected')
                except ConnectionRefusedError: print('refused', time.time() - begin < 0.9)
                """);
        awaitTcp(gate);
        gate.all(FakeGate.REFUSE);
        assertThat(refused.inputReader().readLine()).isEqualTo("refused True");

        sink("10.2.0.1");
        gate.held.clear();
        Process traffic = west.namespace.start("python3", "-c", Programs.SOURCE, "10.2.0.1", "1000000");
        awaitTcp(gate);
        installPairs();
        assertThat(traffic.inputReader().readLine()).startsWith("equal");
        assertThat(west.classifier.parking().released()).isPositive();
        assertThat(west.classifier.drops()).containsOnlyKeys("no SA");
        Flow flow =
                gate.begun.stream().filter(f -> f.protocol() == 6).findFirst().orElseThrow();
        assertThat(flow.remotePort()).isEqualTo(7000);
        assertThat(east.gate.begun).contains(flow.reversed());
    }

    private static void awaitTcp(FakeGate gate) throws InterruptedException {
        while (gate.held.keySet().stream().noneMatch(flow -> flow.protocol() == 6)) {
            Thread.sleep(1);
        }
    }

    @Test
    void anotherDataPlaneTakesOverUnderTraffic() throws Exception {
        build(1, true);
        sink("10.2.0.1");
        Process traffic = west.namespace.start("python3", "-c", Programs.SOURCE, "10.2.0.1", "60000000", "0.02");
        for (int i = 0; i < 3; i++) {
            Thread.sleep(200);
            Classifier successor = west.newClassifier();
            successor.installInbound(westPair[0]);
            successor.activateOutbound(westPair[0], westPair[1]);
            successor.caughtUp();
            Thread.sleep(100);
            west.classifier.close();
            west.classifier = successor;
        }
        assertThat(traffic.inputReader().readLine()).startsWith("equal");
        assertThat(traffic.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(counter(eastPair[0], SaSlotLayout.DROPPED_REPLAY)).isZero();
        assertThat(counter(eastPair[0], SaSlotLayout.DROPPED_INTEGRITY)).isZero();
    }

    @Test
    void aNewPathIsTakenAtOnceAndAnOldDataPlaneStaysSilent() throws Exception {
        build(1, true);
        Classifier old = west.classifier;
        west.classifier = west.newClassifier();
        west.classifier.installInbound(westPair[0]);
        west.classifier.activateOutbound(westPair[0], westPair[1]);
        west.classifier.caughtUp();
        assertThat(ping("10.2.0.1", 5, 56, 0.05)).isEqualTo("answered 5");
        old.close();
        assertThat(ping("10.2.0.1", 5, 56, 0.05)).isEqualTo("answered 5");
    }

    private String ping(String address, int count, int size, double pause) {
        return west.namespace
                .execute("python3", "-c", Programs.PING, address, count + "", size + "", pause + "")
                .trim();
    }

    private void assertNothingLost() {
        for (InstalledSa[] pair : new InstalledSa[][] {westPair, eastPair}) {
            for (int counter = SaSlotLayout.DROPPED_REPLAY; counter <= SaSlotLayout.DROPPED_LIMIT; counter += 8) {
                assertThat(counter(pair[0], counter)).isZero();
                assertThat(counter(pair[1], counter)).isZero();
            }
        }
        assertThat(counter(eastPair[0], SaSlotLayout.PACKETS)).isEqualTo(counter(westPair[1], SaSlotLayout.PACKETS));
        assertThat(counter(eastPair[0], SaSlotLayout.OCTETS)).isEqualTo(counter(westPair[1], SaSlotLayout.OCTETS));
        assertThat(counter(eastPair[0], SaSlotLayout.LAST_USED)).isPositive();
    }

    private static long counter(InstalledSa sa, int offset) {
        return RawMemory.getLong(sa.slot().address() + offset);
    }

    private void sink(String address) throws Exception {
        Process sink = east.namespace.start("python3", "-c", Programs.SINK, address);
        assertThat(sink.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo("ready");
    }

    private String source(String address, int octets) {
        return west.namespace.execute("python3", "-c", Programs.SOURCE, address, Integer.toString(octets));
    }
}
