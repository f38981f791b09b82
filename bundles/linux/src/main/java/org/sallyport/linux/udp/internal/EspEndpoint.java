package org.sallyport.linux.udp.internal;

import org.jspecify.annotations.Nullable;
import org.sallyport.linux.poll.Wakeup;

/** What a worker's socket keeps from lease to lease: the kernel's socket and the queue of strays. Thread safe. */
final class EspEndpoint {
    private final UdpSocket socket;
    private final StrayQueue strays = new StrayQueue();
    private @Nullable Wakeup wakeup;

    EspEndpoint(UdpSocket socket) {
        this.socket = socket;
    }

    UdpSocket socket() {
        return socket;
    }

    StrayQueue strays() {
        return strays;
    }

    synchronized void wakeWith(@Nullable Wakeup signalled) {
        wakeup = signalled;
    }

    synchronized void stray(StrayQueue.Stray stray) {
        strays.add(stray);
        if (wakeup != null) {
            wakeup.signal();
        }
    }
}
