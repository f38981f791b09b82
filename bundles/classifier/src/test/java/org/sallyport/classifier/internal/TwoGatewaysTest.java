package org.sallyport.classifier.internal;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    private TwoGateways gateways;

    private void build(int workers, boolean segmentation) throws Exception {
        gateways = new TwoGateways(workers, segmentation);
        installPairs();
    }

    private void installPairs() throws Exception {
        gateways.installPairs(KEY.substring(0, 32), KEY);
    }

    @AfterEach
    void close() {
        if (gateways != null) {
            gateways.close();
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
            gateways.sink(address);
            assertThat(gateways.source(address, 200_000_000)).startsWith("equal");
        }
        assertThat(counter(gateways.eastPair[0], SaSlotLayout.PACKETS)).isGreaterThan(200_000);
        assertThat(counter(gateways.eastPair[0], SaSlotLayout.SEQUENCE))
                .isEqualTo(counter(gateways.westPair[1], SaSlotLayout.SEQUENCE));
        assertThat(counter(gateways.eastPair[0], SaSlotLayout.DROPPED_INTEGRITY))
                .isZero();
    }

    @Test
    void aStreamArrivesWithoutSegmentationOnTheWire() throws Exception {
        build(1, false);
        gateways.sink("10.2.0.1");
        assertThat(gateways.source("10.2.0.1", 50_000_000)).startsWith("equal");
    }

    @Test
    void twoWorkersPassPacketsToTheOwner() throws Exception {
        build(2, true);
        gateways.sink("10.2.0.1");
        for (int i = 0; i < 6; i++) {
            assertThat(gateways.source("10.2.0.1", 20_000_000)).startsWith("equal");
        }
        assertThat(ping("10.2.0.1", 20, 56, 0)).isEqualTo("answered 20");
    }

    @Test
    void anOuterPathInIpv6Works() throws Exception {
        build(1, true);
        Slots.path(gateways.westPair[1].slot(), "2001:db8::1", 4500, "2001:db8::2", 4500);
        Slots.path(gateways.eastPair[1].slot(), "2001:db8::2", 4500, "2001:db8::1", 4500);
        long before = counter(gateways.westPair[1], SaSlotLayout.PACKETS);
        for (String address : new String[] {"10.2.0.1", "fd02::1"}) {
            assertThat(ping(address, 3, 1400, 0)).isEqualTo("answered 3");
        }
        assertThat(counter(gateways.westPair[1], SaSlotLayout.PACKETS)).isGreaterThanOrEqualTo(before + 6);
        gateways.sink("fd02::1");
        assertThat(gateways.source("fd02::1", 5_000_000)).startsWith("equal");
        assertNothingLost();
    }

    /** ESP is all that is on the wire, and arrives at the worker that owns it. */
    @ParameterizedTest
    @CsvSource({"1, 192.0.2.1, 192.0.2.2", "2, 192.0.2.1, 192.0.2.2", "2, 2001:db8::1, 2001:db8::2"})
    void espArrivesWithoutUdp(int workers, String west, String east) throws Exception {
        build(workers, true);
        goRaw(west, east);
        gateways.east.namespace.execute("nft", """
                add table inet witness
                add chain inet witness in { type filter hook input priority 0; }
                add rule inet witness in iifname wire meta l4proto esp counter
                add rule inet witness in iifname wire meta l4proto udp counter drop
                """);
        for (String address : new String[] {"10.2.0.1", "fd02::1"}) {
            for (int size : new int[] {0, 1, 56, 1352, 1400, 8000}) {
                assertThat(ping(address, 3, size, 0)).as(address + " " + size).isEqualTo("answered 3");
            }
            gateways.sink(address);
            assertThat(gateways.source(address, 20_000_000)).startsWith("equal");
        }
        assertNothingLost();
        assertThat(gateways.east.namespace.execute("nft", "list", "table", "inet", "witness"))
                .containsPattern("l4proto udp counter packets 0 bytes 0 drop")
                .containsPattern("l4proto (50|esp) counter packets [1-9]");
    }

    private void goRaw(String west, String east) throws Exception {
        for (InstalledSa sa : gateways.westPair) {
            Slots.rawPath(sa.slot(), west, east);
        }
        for (InstalledSa sa : gateways.eastPair) {
            Slots.rawPath(sa.slot(), east, west);
        }
        gateways.west.install(gateways.west.classifier, gateways.westPair);
        gateways.east.install(gateways.east.classifier, gateways.eastPair);
    }

    @Test
    void udpOfManySizesArrives() throws Exception {
        build(1, true);
        Process receiver = gateways.east.namespace.start("python3", "-c", """
                import socket
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('10.2.0.1', 7000)); s.settimeout(5)
                s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22); print('ready', flush=True)
                seen = [len(s.recv(65536)) for _ in range(300)]
                print(seen == [1 + i * 7 for i in range(300)])
                """);
        assertThat(receiver.inputReader().readLine()).isEqualTo("ready");
        gateways.west.namespace.execute("python3", "-c", """
                import socket, time
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                for i in range(300): s.sendto(b'x' * (1 + i * 7), ('10.2.0.1', 7000)); time.sleep(0.0005)
                """);
        assertThat(receiver.inputReader().readLine()).isEqualTo("True");
    }

    /** A router marks what crosses it outside, and the sender inside hears of it: its own TCP counts what was marked. */
    @ParameterizedTest
    @CsvSource({"10.2.0.1, ip", "fd02::1, ip", "10.2.0.1, ip6", "fd02::1, ip6"})
    void congestionOutsideIsHeardOfInside(String address, String outer) throws Exception {
        build(1, true);
        if (outer.equals("ip6")) {
            Slots.path(gateways.westPair[1].slot(), "2001:db8::1", 4500, "2001:db8::2", 4500);
        }
        for (Gateway side : new Gateway[] {gateways.west, gateways.east}) {
            side.namespace.execute("sysctl", "-q", "-w", "net.ipv4.tcp_ecn=1");
        }
        gateways.sink(address);
        assertThat(gateways.source(address, 1_000_000)).startsWith("equal");
        assertThat(heardOf()).isZero();
        gateways.west.namespace.execute("nft", """
                add table inet router
                add chain inet router out { type filter hook output priority 0; }
                add rule inet router out udp dport 4500 %1$s ecn ect0 numgen inc mod 20 == 0 %1$s ecn set ce
                """.formatted(outer));
        assertThat(gateways.source(address, 20_000_000)).startsWith("equal");
        assertThat(heardOf()).isPositive();
        assertNothingLost();
    }

    private int heardOf() {
        String counted = gateways.west.namespace.execute("nstat", "-a", "-z", "TcpExtTCPDeliveredCE");
        return Integer.parseInt(counted.strip().split("\\s+", -1)[2]);
    }

    /** Both ends believe what their packets say after it was lowered: checksums hold, and segments are no longer. */
    @ParameterizedTest
    @CsvSource({"10.2.0.1, 1360", "fd02::1, 1340"})
    void connectionsTakeTheSegmentSizeThatTheTunnelLeavesThem(String address, int usual) throws Exception {
        build(1, true);
        int timestamps = 12;
        assertThat(segments(address)).isEqualTo((usual - timestamps) + " " + (usual - timestamps));
        gateways.westPair[1].slot().set(JAVA_INT, SaSlotLayout.TCP_MSS, 1001);
        assertThat(segments(address)).isEqualTo((usual - timestamps) + " " + (1001 - timestamps));
        gateways.westPair[0].slot().set(JAVA_INT, SaSlotLayout.TCP_MSS, 901);
        assertThat(segments(address)).isEqualTo((901 - timestamps) + " " + (1001 - timestamps));
    }

    /** Returns how long segments are that a client and its server send to each other. */
    private String segments(String address) throws Exception {
        Process server = gateways.east.namespace.start("python3", "-c", """
                import socket, sys
                s = socket.socket(socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET)
                s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                s.bind((sys.argv[1], 7001)); s.listen(1); print('ready', flush=True); c, _ = s.accept()
                c.sendall(str(c.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG)).encode()); c.recv(1)
                """, address);
        assertThat(server.inputReader().readLine()).isEqualTo("ready");
        String told = gateways.west.namespace.execute("python3", "-c", """
                import socket, sys
                s = socket.create_connection((sys.argv[1], 7001), 10); theirs = s.recv(10).decode()
                print(s.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG), theirs); s.close()
                """, address);
        assertThat(server.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return told.strip();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void whatComesBeforeItsSaIsDeliveredInOrderAndOnce(int workers) throws Exception {
        gateways = new TwoGateways(workers, true);
        Process receiver = gateways.east.namespace.start("python3", "-c", """
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
        gateways.west.namespace.execute("python3", "-c", """
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
        while (gateways.west.classifier.parking().packets() < 5000 && System.nanoTime() < patience) {
            Thread.sleep(1);
        }
        assertThat(gateways.west.classifier.parking().flows()).isBetween(1000, 1020);
        assertThat(gateways.west.classifier.parking().packets())
                .as(gateways.west.classifier.drops() + "")
                .isBetween(5000, 5020);
        installPairs();
        assertThat(receiver.inputReader().readLine()).isEqualTo("True 1000");
        ParkingView after = gateways.west.classifier.parking();
        assertThat(after).isEqualTo(new ParkingView(0, 0, 0, after.released(), 0, 0, 0));
        assertThat(gateways.west.classifier.drops()).isEmpty();
    }

    @Test
    void aConnectionThatNoSaCarriesIsResetAtOnceAndOneThatIsIsMadeAtOnce() throws Exception {
        gateways = new TwoGateways(1, true);
        FakeGate gate = gateways.west.gate;
        Process refused = gateways.west.namespace.start("python3", "-c", """
                import socket, time
                s = socket.socket(); begin = time.time(); s.settimeout(10)
                try: s.connect(('10.2.0.1', 7001)); print('connected')
                except ConnectionRefusedError: print('refused', time.time() - begin < 0.9)
                """);
        awaitTcp(gate);
        gate.all(FakeGate.REFUSE);
        assertThat(refused.inputReader().readLine()).isEqualTo("refused True");

        gateways.sink("10.2.0.1");
        gate.held.clear();
        Process traffic = gateways.west.namespace.start("python3", "-c", Programs.SOURCE, "10.2.0.1", "1000000");
        awaitTcp(gate);
        installPairs();
        assertThat(traffic.inputReader().readLine()).startsWith("equal");
        assertThat(gateways.west.classifier.parking().released()).isPositive();
        assertThat(gateways.west.classifier.drops()).containsOnlyKeys("no SA");
        Flow flow = awaitBegun(gate);
        assertThat(flow.remotePort()).isEqualTo(7000);
        assertThat(awaitBegun(gateways.east.gate)).isEqualTo(flow.reversed());
    }

    /** Of a new flow its gate is told a moment later. */
    private static Flow awaitBegun(FakeGate gate) throws InterruptedException {
        while (true) {
            Optional<Flow> begun =
                    gate.begun.stream().filter(flow -> flow.protocol() == 6).findFirst();
            if (begun.isPresent()) {
                return begun.get();
            }
            Thread.sleep(1);
        }
    }

    private static void awaitTcp(FakeGate gate) throws InterruptedException {
        while (gate.held.keySet().stream().noneMatch(flow -> flow.protocol() == 6)) {
            Thread.sleep(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anotherDataPlaneTakesOverUnderTraffic(boolean raw) throws Exception {
        build(1, true);
        if (raw) {
            goRaw("192.0.2.1", "192.0.2.2");
        }
        gateways.sink("10.2.0.1");
        Process traffic =
                gateways.west.namespace.start("python3", "-c", Programs.SOURCE, "10.2.0.1", "60000000", "0.02");
        for (int i = 0; i < 3; i++) {
            Thread.sleep(200);
            Classifier successor = gateways.west.newClassifier();
            gateways.west.install(successor, gateways.westPair);
            successor.caughtUp();
            Thread.sleep(100);
            gateways.west.classifier.close();
            gateways.west.classifier = successor;
        }
        assertThat(traffic.inputReader().readLine()).startsWith("equal");
        assertThat(traffic.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(counter(gateways.eastPair[0], SaSlotLayout.DROPPED_REPLAY)).isZero();
        assertThat(counter(gateways.eastPair[0], SaSlotLayout.DROPPED_INTEGRITY))
                .isZero();
    }

    @Test
    void aNewPathIsTakenAtOnceAndAnOldDataPlaneStaysSilent() throws Exception {
        build(1, true);
        Classifier old = gateways.west.classifier;
        gateways.west.classifier = gateways.west.newClassifier();
        gateways.west.classifier.installInbound(gateways.westPair[0]);
        gateways.west.classifier.activateOutbound(gateways.westPair[0], gateways.westPair[1]);
        gateways.west.classifier.caughtUp();
        assertThat(ping("10.2.0.1", 5, 56, 0.05)).isEqualTo("answered 5");
        old.close();
        assertThat(ping("10.2.0.1", 5, 56, 0.05)).isEqualTo("answered 5");
    }

    /** Both are told of an SA, and only one of them carries. */
    @Test
    void anOldDataPlaneDoesNotTakeRawSocketsFromItsSuccessor() throws Exception {
        build(1, true);
        Classifier old = gateways.west.classifier;
        gateways.west.classifier = gateways.west.newClassifier();
        gateways.west.install(gateways.west.classifier, gateways.westPair);
        gateways.west.classifier.caughtUp();
        gateways.west.awaitCarrying();
        assertThat(ping("10.2.0.1", 5, 56, 0.05)).isEqualTo("answered 5");
        goRaw("192.0.2.1", "192.0.2.2");
        gateways.west.install(old, gateways.westPair);
        assertThat(ping("10.2.0.1", 5, 56, 0.05)).isEqualTo("answered 5");
        old.close();
        assertThat(ping("10.2.0.1", 5, 56, 0.05)).isEqualTo("answered 5");
    }

    private String ping(String address, int count, int size, double pause) {
        return gateways.west
                .namespace
                .execute("python3", "-c", Programs.PING, address, count + "", size + "", pause + "")
                .trim();
    }

    private void assertNothingLost() {
        for (InstalledSa[] pair : new InstalledSa[][] {gateways.westPair, gateways.eastPair}) {
            for (int counter = SaSlotLayout.DROPPED_REPLAY; counter <= SaSlotLayout.DROPPED_LIMIT; counter += 8) {
                assertThat(counter(pair[0], counter)).isZero();
                assertThat(counter(pair[1], counter)).isZero();
            }
        }
        assertThat(counter(gateways.eastPair[0], SaSlotLayout.PACKETS))
                .isEqualTo(counter(gateways.westPair[1], SaSlotLayout.PACKETS));
        assertThat(counter(gateways.eastPair[0], SaSlotLayout.OCTETS))
                .isEqualTo(counter(gateways.westPair[1], SaSlotLayout.OCTETS));
        assertThat(counter(gateways.eastPair[0], SaSlotLayout.LAST_USED)).isPositive();
    }

    private static long counter(InstalledSa sa, int offset) {
        return RawMemory.getLong(sa.slot().address() + offset);
    }
}
