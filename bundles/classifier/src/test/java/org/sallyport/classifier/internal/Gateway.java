package org.sallyport.classifier.internal;

import java.lang.foreign.MemorySegment;
import org.sallyport.api.policy.Action;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.SaDirection;
import org.sallyport.classifier.internal.flow.FlowLimits;
import org.sallyport.classifier.internal.parking.ParkingBounds;
import org.sallyport.classifier.internal.worker.FakeGate;
import org.sallyport.linux.memory.internal.MappedSaMemory;
import org.sallyport.linux.raw.internal.KernelRawSockets;
import org.sallyport.linux.tcp.internal.KernelTcpStreams;
import org.sallyport.linux.tun.TunSpec;
import org.sallyport.linux.tun.internal.KernelTunDevices;
import org.sallyport.linux.udp.ApplianceMark;
import org.sallyport.linux.udp.internal.KernelUdpPorts;

/** A data plane in a namespace of its own, with an inner address on its TUN. */
final class Gateway implements AutoCloseable {
    private static final ParkingBounds BOUNDS = new ParkingBounds(16384, 65536, 1 << 25, 64, ParkingBounds.LONGEST);

    final Namespace namespace = new Namespace();
    final MappedSaMemory memory = new MappedSaMemory();
    final KernelUdpPorts ports = new KernelUdpPorts();
    final KernelRawSockets raw = new KernelRawSockets();
    final KernelTcpStreams streams = new KernelTcpStreams();
    final KernelTunDevices tuns = new KernelTunDevices();
    final TunSpec tun;
    private final boolean segmentation;
    Classifier classifier;
    final FakeGate gate = new FakeGate();

    Gateway(int workers, boolean segmentation) throws Exception {
        this.tun = new TunSpec("sptest0", 1400, workers);
        this.segmentation = segmentation;
        namespace.execute("sysctl", "-q", "-w", "net.ipv6.conf.default.router_solicitations=0");
        namespace.inside(() -> tuns.open(tun));
        classifier = newClassifier();
        classifier.caughtUp();
        awaitCarrying();
    }

    /** Until then nobody reads from the TUN, and what is sent into it is lost: on a busy machine that takes a while. */
    void awaitCarrying() throws InterruptedException {
        long patience = System.nanoTime() + 20_000_000_000L;
        while (!classifier.parks() && System.nanoTime() < patience) {
            Thread.sleep(5);
        }
    }

    /** Makes another data plane beside the one there is. */
    Classifier newClassifier() throws Exception {
        return namespace.inside(() -> {
            Classifier made = new Classifier(ports, raw, streams, tuns, tun, segmentation, BOUNDS, FlowLimits.DEFAULT);
            made.packetGate(gate);
            made.policies(FixedPolicies.of(Action.PROTECT));
            return made;
        });
    }

    /** Gives the TUN an address and leads the other side's network to it. */
    Gateway inner(String address, String route, String source) {
        namespace.ip("addr", "add", address, "dev", tun.name());
        namespace.ip("route", "add", route, "dev", tun.name(), "src", source);
        return this;
    }

    InstalledSa slot(Slots.Sa sa) {
        MemorySegment slot = memory.allocate().orElseThrow().memory();
        return Slots.fill(sa, slot);
    }

    /** Leads what is said between the two addresses to the TUN, as the divert rules do, but for what bears our mark. */
    void divert(String own, String other) {
        String family = own.contains(":") ? "-6" : "-4";
        String mark = Integer.toString(ApplianceMark.VALUE);
        namespace.ip(family, "rule", "add", "prio", "10", "fwmark", mark, "lookup", "main");
        namespace.ip(family, "rule", "add", "prio", "12", "to", other, "lookup", "100");
        namespace.ip(family, "route", "add", "default", "dev", tun.name(), "src", own, "table", "100");
    }

    /** Installs a pair whose inbound and outbound SPIs are given. */
    InstalledSa[] pair(Slots.Sa in, Slots.Sa out) throws Exception {
        InstalledSa inbound = slot(in);
        InstalledSa outbound = slot(out);
        classifier.installInbound(inbound);
        classifier.activateOutbound(inbound, outbound);
        return new InstalledSa[] {inbound, outbound};
    }

    /** Installs a pair once more, as it lies in its slots now: sockets that it needs are opened in this namespace. */
    void install(Classifier by, InstalledSa[] pair) throws Exception {
        namespace.inside(() -> {
            by.installInbound(pair[0]);
            return by.activateOutbound(pair[0], pair[1]);
        });
    }

    static Slots.Sa inbound(int spi) {
        return Slots.Sa.of(spi, SaDirection.INBOUND);
    }

    static Slots.Sa outbound(int spi) {
        return Slots.Sa.of(spi, SaDirection.OUTBOUND);
    }

    @Override
    public void close() {
        classifier.close();
        ports.close();
        raw.close();
        streams.close();
        tuns.close();
        namespace.close();
    }
}
