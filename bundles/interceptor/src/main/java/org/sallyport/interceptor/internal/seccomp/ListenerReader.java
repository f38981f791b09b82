package org.sallyport.interceptor.internal.seccomp;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.process.TimeSlice;
import org.sallyport.linux.seccomp.ListenerPark.Parked;
import org.sallyport.linux.seccomp.Notification;
import org.sallyport.linux.seccomp.NotificationListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads one listener on a platform thread until its programs have ended, or until it is stopped. */
final class ListenerReader {
    private static final Logger LOG = LoggerFactory.getLogger(ListenerReader.class);

    private final Parked parked;
    private final CallHandler handler;
    private final Consumer<ListenerReader> ended;
    private final KnownCallers callers = new KnownCallers();
    private final Thread thread;
    private volatile boolean stopped;

    /**
     * Makes a reader that does not read yet.
     *
     * @param ended told when the programs have ended, or the listener is broken
     */
    ListenerReader(Parked parked, CallHandler handler, Consumer<ListenerReader> ended) {
        this.parked = parked;
        this.handler = handler;
        this.ended = ended;
        this.thread = Thread.ofPlatform()
                .daemon()
                .name("seccomp-" + parked.pid())
                .priority(Thread.MAX_PRIORITY)
                .unstarted(this::run);
    }

    Parked parked() {
        return parked;
    }

    void start() {
        thread.start();
    }

    /** Stops reading and answering; the listener stays open, and its callers wait. */
    void stop() {
        stopped = true;
        parked.listener().stop();
    }

    /** Waits until it has stopped, a second at most. */
    void join() throws InterruptedException {
        thread.join(TimeUnit.SECONDS.toMillis(1));
    }

    private void run() {
        TimeSlice.shorten();
        NotificationListener listener = parked.listener();
        listener.resume();
        listener.enableSynchronousWakeUp();
        try (callers) {
            listener.unanswered().forEach(this::handle);
            while (!stopped) {
                switch (listener.receive()) {
                    case NotificationListener.Received.Call(Notification notification) -> handle(notification);
                    case NotificationListener.Received.AllEnded() -> {
                        ended.accept(this);
                        return;
                    }
                    case NotificationListener.Received.Stopped() -> {
                        return;
                    }
                }
            }
        } catch (LinuxException e) {
            LOG.error(
                    "the listener of process {} is broken, its programs' requests fail: {}",
                    parked.pid(),
                    e.getMessage());
            ended.accept(this);
        }
    }

    private void handle(Notification notification) {
        handler.handle(new SupervisedCall(parked.listener(), notification, callers, () -> stopped));
    }
}
