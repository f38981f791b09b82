package org.sallyport.sad.internal;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that serves the timers, and looks at the kernel's uptime every second. */
final class TimerThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TimerThread.class);
    private static final long LONGEST_WAIT_MILLIS = 1_000;

    private final Thread thread;
    private volatile boolean closed;

    TimerThread(Timers timers, BootClock clock) {
        thread = Thread.ofVirtual().name("sallyport-sad-timers").start(() -> serve(timers, clock));
    }

    private void serve(Timers timers, BootClock clock) {
        while (!closed) {
            try {
                timers.await(LONGEST_WAIT_MILLIS);
                clock.resynchronise();
                timers.runDue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException e) {
                LOG.error("a timer of the security associations failed; the others go on", e);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
