package org.sallyport.benchmarks.handshakes;

import java.util.ArrayList;
import java.util.List;
import org.sallyport.lab.net.Place;
import org.sallyport.lab.process.CommandFailedException;

/** The cores: the first is the responders', the second the load's. */
final class Cores {
    private static final String RESPONDER = "0";
    private static final String LOAD = "1";
    /** Whatever else runs on this machine waits while there is a measurement. */
    private static final String PRIORITY = "-15";

    private Cores() {}

    /** Says why nothing can be measured here. */
    static void mustBeTwo() {
        if (Runtime.getRuntime().availableProcessors() < 2) {
            throw new CommandFailedException("needs two cores: one for the responder, one for the load");
        }
    }

    /** The same place, on the responders' core. */
    static Place responder(Place place) {
        return arguments -> place.inside(pinned(RESPONDER, arguments));
    }

    /** The same place, on the load's core. */
    static Place load(Place place) {
        return arguments -> place.inside(pinned(LOAD, arguments));
    }

    private static List<String> pinned(String core, List<String> arguments) {
        List<String> line = new ArrayList<>(List.of("nice", "-n", PRIORITY, "taskset", "-c", core));
        line.addAll(arguments);
        return line;
    }
}
