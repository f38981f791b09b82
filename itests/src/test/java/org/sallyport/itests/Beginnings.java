package org.sallyport.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import org.sallyport.lab.appliance.EventLog;
import org.sallyport.lab.session.Lab;
import org.sallyport.lab.session.SaBirth;
import org.sallyport.lab.witness.CapturedPacket;
import org.sallyport.lab.witness.TcpCounters;
import org.sallyport.lab.witness.Witness;

/** How the flows of the host have begun since a moment without SAs, as the witnesses saw it. */
final class Beginnings {
    private final Lab lab;
    private final long since = EventLog.now();
    private final TcpCounters before;

    private Beginnings(Lab lab) {
        this.lab = lab;
        this.before = TcpCounters.of(lab.network().host());
    }

    /** From now on. */
    static Beginnings from(Lab lab) {
        return new Beginnings(lab);
    }

    /** One SYN for each 4-tuple, none again, and nothing on the outer wire before the SA. */
    void wereOnceAndAfterTheSa() {
        assertThat(syns().stream()
                        .collect(Collectors.groupingBy(CapturedPacket::flow, Collectors.counting()))
                        .values())
                .as("SYNs for each 4-tuple")
                .isNotEmpty()
                .allMatch(count -> count == 1);
        assertThat(TcpCounters.of(lab.network().host()).since(before).synRetransmitted())
                .as("SYNs that the kernel sent again")
                .isZero();
        wereAfterTheSa();
    }

    /** Nothing on the outer wire before the SA. */
    void wereAfterTheSa() {
        assertThat(SaBirth.micros(outer())).as("an SA was negotiated").isPresent();
        assertThat(SaBirth.tooEarly(outer())).as("before the SA").isEmpty();
    }

    /** TCP did not even begin before the SA: the call was held. */
    void wereHeldAboveTcp() {
        long birth = SaBirth.micros(outer()).orElseThrow();
        assertThat(syns()).as("SYNs at the inner device").allMatch(syn -> syn.micros() > birth);
    }

    /** Datagrams of the host to this port, at the inner device. */
    long datagramsTo(int port) {
        return fresh(lab.inner()).stream()
                .filter(packet -> packet.protocol() == CapturedPacket.UDP && packet.destinationPort() == port)
                .count();
    }

    private List<CapturedPacket> syns() {
        return fresh(lab.inner()).stream().filter(CapturedPacket::isSyn).toList();
    }

    private List<CapturedPacket> outer() {
        return fresh(lab.outer());
    }

    private List<CapturedPacket> fresh(Witness witness) {
        return witness.settled().stream()
                .filter(packet -> packet.micros() >= since)
                .toList();
    }
}
