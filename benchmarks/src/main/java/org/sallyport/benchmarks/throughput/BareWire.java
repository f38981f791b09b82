package org.sallyport.benchmarks.throughput;

import java.util.List;
import org.sallyport.lab.topology.LabNetwork;

/** The same network without any protection: what nothing can be faster than. */
record BareWire(LabNetwork network) implements Tunnel {
    static BareWire open() {
        return new BareWire(LabNetwork.create("bare"));
    }

    @Override
    public String name() {
        return Throughput.BARE;
    }

    @Override
    public List<Long> carriers() {
        return List.of();
    }

    @Override
    public void close() {
        network.close();
    }
}
