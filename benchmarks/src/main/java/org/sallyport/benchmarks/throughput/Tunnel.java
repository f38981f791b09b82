package org.sallyport.benchmarks.throughput;

import java.util.List;
import java.util.OptionalLong;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.topology.LabNetwork;

/** A way from the lab's host to its server, ready for traffic until it is closed. */
interface Tunnel extends AutoCloseable {
    /** Returns what the results call it. */
    String name();

    LabNetwork network();

    /** Returns the processes that carry the packets, on both sides; none where the kernel does it alone. */
    List<Long> carriers();

    /** Returns how many packets crossed the outer wire in clear until now, where somebody counts them. */
    default OptionalLong inClear() {
        return OptionalLong.empty();
    }

    default Namespace client() {
        return network().host();
    }

    default Namespace server() {
        return network().server();
    }

    @Override
    void close();
}
