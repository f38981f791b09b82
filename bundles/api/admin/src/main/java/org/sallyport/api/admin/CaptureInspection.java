package org.sallyport.api.admin;

/** The capture for people. Thread safe. */
public interface CaptureInspection {
    /** Returns the counters as they stand. */
    CaptureCounters counters();

    /** Starts anew, with a pcap filter expression; empty captures what the counters need. */
    void restart(String filter);
}
