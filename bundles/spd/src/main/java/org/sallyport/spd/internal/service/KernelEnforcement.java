package org.sallyport.spd.internal.service;

import java.util.Optional;
import org.sallyport.spd.internal.config.Configuration;

/** The kernel's part in a change of generations. Called by the one thread that changes them, but for the last two. */
interface KernelEnforcement {
    /**
     * Enforces the next configuration beside the one in force.
     *
     * @return why the kernel refused; then it enforces the one in force as before
     */
    Optional<String> tighten(Configuration next, Configuration inForce);

    /** Enforces the one that came into force alone, and watches that it stands. */
    void settle();

    /** Watches no more. Never called by the thread that changes generations. */
    void stopWatching();

    /** Lets go of the kernel; what stands stays. Called when the thread that changes generations has ended. */
    void close();
}
