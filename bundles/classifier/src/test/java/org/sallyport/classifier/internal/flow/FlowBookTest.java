package org.sallyport.classifier.internal.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.sallyport.api.flow.Admission;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.PacketGate;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.classifier.internal.Slots;
import org.sallyport.classifier.internal.packet.InnerPacket;

/** Which flows begin and end, from packets in both directions. */
class FlowBookTest {
    private static final long SECOND = 1_000_000_000L;
    private static final ChildSaId OTHER = new ChildSaId(Slots.LINEAGE.ikeSa(), 2);
    private static final int FIN = 0x11;
    private static final int RST = 0x04;
    private static final int SYN = 0x02;

    private final List<String> told = new ArrayList<>();
    private final AtomicLong clock = new AtomicLong(1000 * SECOND);
    private @Nullable PacketGate gate = new Listener();
    private FlowBook book = new FlowBook(() -> gate, IdleTimes.DEFAULT, 1000, clock::get);
    private FlowTable out = new FlowTable(true, entry -> book.test(entry));
    private FlowTable in = new FlowTable(false, entry -> book.test(entry));

    private final class Listener implements PacketGate {
        @Override
        public Admission admit(Flow flow) {
            throw new AssertionError();
        }

        @Override
        public void begun(Flow flow, ChildSaId lineage) {
            told.add("begun " + flow + " " + lineage.number());
        }

        @Override
        public void ended(Flow flow) {
            told.add("ended " + flow);
        }
    }

    @Test
    void bothDirectionsAreOneFlow() {
        send(17, 1, 0);
        receive(17, 1, 0);
        send(17, 1, 0);
        assertThat(news()).containsExactly("begun udp 10.0.0.1:1 > 10.0.0.2:53 1");
        for (int i = 0; i < 5; i++) {
            pass(50);
            receive(17, 1, 0);
            assertThat(news()).isEmpty();
        }
        pass(59);
        assertThat(news()).isEmpty();
        pass(3);
        assertThat(news()).containsExactly("ended udp 10.0.0.1:1 > 10.0.0.2:53");
        send(17, 1, 0);
        assertThat(news()).containsExactly("begun udp 10.0.0.1:1 > 10.0.0.2:53 1");
    }

    @Test
    void anAcceptedFlowIsNamedWithOurSideLocal() {
        receive(6, 1, SYN);
        assertThat(news()).containsExactly("begun tcp 10.0.0.1:1 > 10.0.0.2:53 1");
    }

    @Test
    void aSilentConnectionStaysForAnHourAndAClosedOneForSeconds() {
        send(6, 1, SYN);
        pass(3590);
        assertThat(news()).hasSize(1);
        send(6, 1, FIN);
        pass(11);
        assertThat(news()).isEmpty();
        receive(6, 1, FIN);
        pass(9);
        assertThat(news()).isEmpty();
        pass(3);
        assertThat(news()).containsExactly("ended tcp 10.0.0.1:1 > 10.0.0.2:53");
    }

    @Test
    void aResetEndsAConnectionAndASynBeginsItAnew() {
        send(6, 1, SYN);
        receive(6, 1, RST);
        pass(5);
        receive(6, 1, SYN);
        pass(30);
        assertThat(news()).hasSize(1);
        send(6, 1, RST);
        pass(12);
        assertThat(news()).containsExactly("ended tcp 10.0.0.1:1 > 10.0.0.2:53");
    }

    @Test
    void anotherLineageIsNews() {
        send(17, 1, 0);
        out.carry(packet(17, 1, true), OTHER, 0, clock.get());
        assertThat(news())
                .containsExactly("begun udp 10.0.0.1:1 > 10.0.0.2:53 1", "begun udp 10.0.0.1:1 > 10.0.0.2:53 2");
    }

    @Test
    void aGateThatAppearsHearsOfEverything() {
        gate = null;
        send(17, 1, 0);
        send(17, 2, 0);
        book.work();
        assertThat(told).isEmpty();
        gate = new Listener();
        assertThat(news()).hasSize(2);
    }

    @Test
    void moreThanThereIsRoomForEndsThoseThatAreDueFirst() {
        for (int i = 0; i < 1500; i++) {
            pass(i == 1000 ? 2 : 0);
            send(17, i, 0);
        }
        List<String> news = news();
        assertThat(news.stream().filter(n -> n.startsWith("begun"))).hasSize(1500);
        assertThat(news.stream().filter(n -> n.startsWith("ended"))).hasSize(500);
        send(17, 1499, 0);
        assertThat(news()).isEmpty();
    }

    @Test
    void aFullTableReportsFlowsAgainAndLosesNone() {
        FlowBook large = new FlowBook(() -> gate, IdleTimes.DEFAULT, 1_000_000, clock::get);
        FlowTable table = new FlowTable(true, large);
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 200_000; i++) {
                InnerPacket packet = new InnerPacket();
                packet.set(true, 17, 0, i, 1, 0, 2, 2);
                table.carry(packet, Slots.LINEAGE, 0, clock.get());
                if (i % 1000 == 0) {
                    large.work();
                }
            }
        }
        large.work();
        assertThat(news()).hasSize(200_000).allMatch(n -> n.startsWith("begun"));
    }

    private void send(int protocol, int port, int flags) {
        out.carry(packet(protocol, port, true), Slots.LINEAGE, flags, clock.get());
    }

    private void receive(int protocol, int port, int flags) {
        in.carry(packet(protocol, port, false), Slots.LINEAGE, flags, clock.get());
    }

    private static InnerPacket packet(int protocol, int port, boolean outbound) {
        InnerPacket packet = new InnerPacket();
        if (outbound) {
            packet.set(true, protocol, 0, 0x0a000001, port, 0, 0x0a000002, 53);
        } else {
            packet.set(true, protocol, 0, 0x0a000002, 53, 0, 0x0a000001, port);
        }
        return packet;
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            book.work();
            clock.addAndGet(SECOND);
        }
        book.work();
    }

    private List<String> news() {
        book.work();
        List<String> result = List.copyOf(told);
        told.clear();
        return result;
    }
}
