package org.sallyport.interceptor.internal.gate;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.sallyport.api.sa.LeaseHolder;
import org.sallyport.api.sa.Leases;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.sockdiag.SocketDestroyEvents;
import org.sallyport.linux.sockdiag.SocketDump;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends leases when the kernel says that their sockets are gone. After it lost events, or was not there, it compares the
 * leases with the sockets that live: twice, since a TCP socket between two states is not listed.
 */
@Component(service = SocketWatch.class, immediate = true)
public final class SocketWatch {
    private static final Logger LOG = LoggerFactory.getLogger(SocketWatch.class);
    private static final long BETWEEN_DUMPS_MILLIS = 2000;

    private final Leases leases;
    private final SocketDestroyEvents events;
    private final Thread thread;
    private volatile boolean stopped;

    @Activate
    public SocketWatch(@Reference Leases leases) {
        this.leases = leases;
        this.events = SocketDestroyEvents.open();
        this.thread = Thread.ofPlatform().daemon().name("socket-watch").start(this::watch);
    }

    @Deactivate
    void stop() throws InterruptedException {
        stopped = true;
        events.stop();
        thread.join(TimeUnit.SECONDS.toMillis(5));
    }

    private void watch() {
        try (events) {
            resynchroniseLater();
            while (!stopped) {
                switch (events.next()) {
                    case SocketDestroyEvents.Event.Destroyed(List<Long> cookies) -> cookies.forEach(this::ended);
                    case SocketDestroyEvents.Event.Overrun() -> {
                        LOG.warn("the kernel's socket events overran; comparing the leases with the living sockets");
                        resynchroniseLater();
                    }
                    case SocketDestroyEvents.Event.Stopped() -> {
                        return;
                    }
                }
            }
        } catch (LinuxException e) {
            LOG.error("sockets that close are no longer noticed, so unused SAs stay up: {}", e.getMessage(), e);
        }
    }

    private void ended(long cookie) {
        leases.ended(new LeaseHolder.Socket(cookie));
    }

    private void resynchroniseLater() {
        Thread.ofVirtual().name("socket-watch-resync").start(() -> {
            try {
                Set<Long> missing = missing();
                Thread.sleep(BETWEEN_DUMPS_MILLIS);
                missing.retainAll(missing());
                if (!stopped) {
                    missing.forEach(this::ended);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (LinuxException e) {
                LOG.error("leases could not be compared with the living sockets: {}", e.getMessage(), e);
            }
        });
    }

    private Set<Long> missing() {
        Set<Long> missing = new HashSet<>(leases.sockets());
        if (!missing.isEmpty()) {
            missing.removeAll(SocketDump.cookies());
        }
        return missing;
    }
}
