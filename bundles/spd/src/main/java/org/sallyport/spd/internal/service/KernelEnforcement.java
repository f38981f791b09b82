package org.sallyport.spd.internal.service;

import java.util.Map;
import java.util.Optional;
import org.sallyport.api.admin.ChildSaView;
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

    /**
     * Looks at this host.
     *
     * @throws RuntimeException when the kernel does not tell
     */
    HostConnections connections();

    /**
     * Returns what the guard counted for each policy, over all generations, by its name.
     *
     * @throws RuntimeException when the kernel does not tell
     */
    Map<String, ChildSaView.Traffic> counted();

    /** Watches no more. Never called by the thread that changes generations. */
    void stopWatching();

    /** Lets go of the kernel; what stands stays. Called when the thread that changes generations has ended. */
    void close();
}
