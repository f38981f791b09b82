package org.sallyport.classifier.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.HostPair;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.linux.memory.RawMemory;

/** Two hosts protect what unmodified programs say to each other's own addresses, in transport mode. */
@Timeout(240)
@SuppressWarnings("NullAway.Init") // each test builds what it needs first
class TwoHostsTest {
    private static final String KEY = "0f0e0d0c0b0a09080706050403020100";
    private static final String SALT = "0011aa55";
    private static final String WEST = "192.0.2.1";
    private static final String EAST = "192.0.2.2";
    private static final String INSIDE = "10.9.0.1";

    private final List<AutoCloseable> open = new ArrayList<>();
    private Gateway west;
    private Gateway east;

    private void hosts() throws Exception {
        west = new Gateway(1, true);
        open.add(west);
        east = new Gateway(1, true);
        open.add(east);
    }

    private static void wire(Namespace one, String address, Namespace other, String otherAddress, String name) {
        one.ip("link", "add", name, "type", "veth", "peer", "name", name, "netns", other.name());
        one.ip("addr", "add", address, "dev", name);
        other.ip("addr", "add", otherAddress, "dev", name);
        one.ip("link", "set", name, "up");
        other.ip("link", "set", name, "up");
    }

    private void sameLink() throws Exception {
        hosts();
        wire(west.namespace, WEST + "/24", east.namespace, EAST + "/24", "wire");
        west.namespace.ip("addr", "add", "2001:db8::1/64", "dev", "wire", "nodad");
        east.namespace.ip("addr", "add", "2001:db8::2/64", "dev", "wire", "nodad");
        west.divert(WEST, EAST);
        east.divert(EAST, WEST);
        west.divert("2001:db8::1", "2001:db8::2");
        east.divert("2001:db8::2", "2001:db8::1");
    }

    /** Installs a pair; returns the inbound and the outbound SA. */
    private static InstalledSa[] pair(Gateway host, int in, int out, HostPair hosts, HostPair original)
            throws Exception {
        return host.pair(
                Gateway.inbound(in).keyed(KEY, SALT).transporting(hosts).seenAs(original),
                Gateway.outbound(out).keyed(KEY, SALT).transporting(hosts));
    }

    private static void goRaw(Gateway host, InstalledSa[] pair, HostPair hosts) throws Exception {
        for (InstalledSa sa : pair) {
            Slots.rawPath(
                    sa.slot(), hosts.local().getHostAddress(), hosts.remote().getHostAddress());
        }
        host.install(host.classifier, pair);
    }

    private static HostPair hosts(String local, String remote) {
        return new HostPair(Addresses.parse(local), Addresses.parse(remote));
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everythingBetweenTwoHostsOfOneLinkArrives(boolean raw) throws Exception {
        sameLink();
        for (HostPair hosts : List.of(hosts(WEST, EAST), hosts("2001:db8::1", "2001:db8::2"))) {
            HostPair turned = hosts.reversed();
            InstalledSa[] there = pair(west, 1001, 2002, hosts, hosts);
            InstalledSa[] here = pair(east, 2002, 1001, turned, turned);
            if (raw) {
                goRaw(west, there, hosts);
                goRaw(east, here, turned);
            }
            exchange(hosts.remote().getHostAddress());
            assertNothingLost(there, here);
        }
    }

    @Test
    void everythingArrivesThroughAnAddressTranslator() throws Exception {
        hosts();
        Namespace translator = new Namespace();
        open.add(translator);
        wire(west.namespace, INSIDE + "/24", translator, "10.9.0.254/24", "inside");
        wire(translator, WEST + "/24", east.namespace, EAST + "/24", "outside");
        west.namespace.ip("route", "add", "default", "via", "10.9.0.254");
        translator.execute("sysctl", "-q", "-w", "net.ipv4.ip_forward=1");
        translator.execute(
                "nft",
                "add table ip nat; add chain ip nat post { type nat hook postrouting priority 100; };"
                        + "add rule ip nat post oifname outside snat to " + WEST
                        + "; add chain ip nat pre { type nat hook prerouting priority -100; };"
                        + "add rule ip nat pre iifname outside udp dport 4500 dnat to " + INSIDE);
        west.divert(INSIDE, EAST);
        east.divert(EAST, WEST);
        InstalledSa[] there = pair(west, 1001, 2002, hosts(INSIDE, EAST), hosts(WEST, EAST));
        InstalledSa[] here = pair(east, 2002, 1001, hosts(EAST, WEST), hosts(EAST, INSIDE));
        exchange(EAST);
        assertNothingLost(there, here);

        // A port that nobody listens on: the error quotes what was sent, as the other side saw it.
        assertThat(west.namespace.execute("python3", "-c", """
                import socket
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(5); s.connect(('192.0.2.2', 9))
                s.send(b'anybody?')
                try: s.recv(10)
                except ConnectionRefusedError: print('refused')
                """).trim()).isEqualTo("refused");
    }

    /** Pings, datagrams and a stream, each also larger than any link. */
    private void exchange(String address) throws Exception {
        for (int size : new int[] {0, 1, 56, 1352, 1401, 8000}) {
            assertThat(west.namespace
                            .execute("python3", "-c", Programs.PING, address, "3", size + "", "0")
                            .trim())
                    .as(address + " " + size)
                    .isEqualTo("answered 3");
        }
        Process sink = east.namespace.start("python3", "-c", Programs.SINK, address);
        assertThat(sink.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo("ready");
        assertThat(west.namespace.execute("python3", "-c", Programs.SOURCE, address, "20000000"))
                .startsWith("equal");
        datagrams(address);
    }

    private void datagrams(String address) throws Exception {
        Process receiver = east.namespace.start("python3", "-c", """
                import socket, sys
                s = socket.socket(socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
                s.bind((sys.argv[1], 7001)); s.settimeout(30)
                s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22); print('ready', flush=True)
                seen = [len(s.recv(65536)) for _ in range(60)]
                print(seen == [1 + i * 499 for i in range(60)])
                """, address);
        assertThat(receiver.inputReader().readLine()).isEqualTo("ready");
        west.namespace.execute("python3", "-c", """
                import socket, sys, time
                s = socket.socket(socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
                for i in range(60): s.sendto(b'x' * (1 + i * 499), (sys.argv[1], 7001)); time.sleep(0.001)
                """, address);
        assertThat(receiver.inputReader().readLine()).isEqualTo("True");
    }

    private void assertNothingLost(InstalledSa[] there, InstalledSa[] here) {
        for (InstalledSa sa : List.of(there[0], there[1], here[0], here[1])) {
            for (int counter = SaSlotLayout.DROPPED_REPLAY; counter <= SaSlotLayout.DROPPED_LIMIT; counter += 8) {
                assertThat(counter(sa, counter)).isZero();
            }
        }
        assertThat(west.classifier.drops()).isEmpty();
        assertThat(east.classifier.drops()).isEmpty();
        assertThat(counter(here[0], SaSlotLayout.PACKETS)).isEqualTo(counter(there[1], SaSlotLayout.PACKETS));
    }

    private static long counter(InstalledSa sa, int offset) {
        return RawMemory.getLong(sa.slot().address() + offset);
    }
}
