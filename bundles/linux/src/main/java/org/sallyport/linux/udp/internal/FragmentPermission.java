package org.sallyport.linux.udp.internal;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.sallyport.linux.internal.Outcome;
import org.sallyport.linux.internal.SystemCalls;

/**
 * Whether what a socket sends may be fragmented. Linux takes that for a socket, not for a message, so the socket is told
 * when the next message differs from the last one; a run of equal ones costs nothing.
 *
 * <p>What must stay whole is sent by path MTU discovery (IP_PMTUDISC_DO): DF is set, and what is longer than the kernel's
 * MTU of the path is refused. What need not is sent without (IP_PMTUDISC_DONT): no DF, and the kernel fragments by the same
 * MTU.
 *
 * <p>Belongs to the one thread that sends by the socket, and to one lease: whoever sent before may have told it otherwise.
 */
final class FragmentPermission {
    static final int IP_MTU_DISCOVER = 10;
    static final int IPV6_MTU_DISCOVER = 23;
    static final int DISCOVERY_DONT = 0;
    private static final int DISCOVERY_DO = 2;
    private static final int UNKNOWN = -1;

    private final MemorySegment value;
    private int ipv4 = UNKNOWN;
    private int ipv6 = UNKNOWN;

    FragmentPermission(Arena arena) {
        value = arena.allocate(JAVA_INT);
    }

    /**
     * Has the socket send the next messages so.
     *
     * @param toIpv4 whether they are IPv4's, also where the socket is IPv6's
     * @param given whether they may be fragmented
     */
    void give(int socket, boolean toIpv4, boolean given) {
        int wanted = given ? DISCOVERY_DONT : DISCOVERY_DO;
        if ((toIpv4 ? ipv4 : ipv6) == wanted) {
            return;
        }
        value.set(JAVA_INT, 0, wanted);
        int level = toIpv4 ? ControlMessages.SOL_IP : ControlMessages.SOL_IPV6;
        int option = toIpv4 ? IP_MTU_DISCOVER : IPV6_MTU_DISCOVER;
        Outcome.check("IP_MTU_DISCOVER", SystemCalls.setsockopt(socket, level, option, value, Integer.BYTES));
        if (toIpv4) {
            ipv4 = wanted;
        } else {
            ipv6 = wanted;
        }
    }
}
