package org.sallyport.interceptor.internal.seccomp;

import java.util.function.BooleanSupplier;
import org.sallyport.linux.seccomp.Notification;
import org.sallyport.linux.seccomp.NotificationListener;

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
}
