package org.sallyport.interceptor.internal.seccomp;

import static org.sallyport.linux.ErrnoNames.EACCES;
import static org.sallyport.linux.ErrnoNames.EBADF;

import java.util.function.BooleanSupplier;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.seccomp.Notification;
import org.sallyport.linux.seccomp.NotificationListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stopped call that gets one answer. Once its front end has stopped it gets none: whoever takes the listener over
 * answers then. Thread safe.
 *
 * @param listener where it came from
 * @param notification the call
 * @param callers knows the caller, on the thread that received the call
 * @param abandoned whether the front end has stopped
 */
record SupervisedCall(
        NotificationListener listener, Notification notification, KnownCallers callers, BooleanSupplier abandoned) {
    private static final Logger LOG = LoggerFactory.getLogger(SupervisedCall.class);
    private static final int ENOTSOCK = 88;

    int tid() {
        return notification.tid();
    }

    /** Says whether the caller still waits for this answer. */
    boolean waits() {
        return !abandoned.getAsBoolean() && listener.isValid(notification.id());
    }

    /** Lets the kernel execute it as it stands. */
    void proceed() {
        if (!abandoned.getAsBoolean()) {
            listener.proceed(notification.id());
        }
    }

    /**
     * Answers with what the call returns.
     *
     * @param errno 0 for success
     */
    void answer(int errno) {
        if (abandoned.getAsBoolean()) {
            return;
        }
        if (errno == 0) {
            listener.complete(notification.id(), 0);
        } else {
            listener.fail(notification.id(), errno);
        }
    }

    /** Does something about it that sees to its answer whatever happens: a caller must not wait for ever. */
    void guard(Runnable action) {
        try {
            action.run();
        } catch (LinuxException e) {
            if (e.errno() == EBADF || e.errno() == ENOTSOCK) {
                proceed();
            } else if (waits()) {
                LOG.info("a socket request of thread {} fails: {}", tid(), e.getMessage());
                answer(e.errno());
            }
        } catch (RuntimeException e) {
            LOG.error("a socket request of thread {} could not be decided", tid(), e);
            answer(EACCES);
        }
    }
}
