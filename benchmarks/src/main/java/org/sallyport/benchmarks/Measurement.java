package org.sallyport.benchmarks;

import java.util.Map;

/** Something that is measured within one process. */
interface Measurement {
    /** Returns what was measured, by name; the names say the unit, and a ratio has none. */
    Map<String, Double> measure();
}
