package org.sallyport.interceptor.internal.gate;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.sallyport.api.flow.Addresses;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The addresses of this host, read anew when they were read a second ago. Thread safe. */
final class LocalAddresses {
    private static final Logger LOG = LoggerFactory.getLogger(LocalAddresses.class);
    private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();

    private record Reading(Set<InetAddress> addresses, long atNanos) {}

    private volatile Reading last = new Reading(Set.of(), System.nanoTime() - FRESH_NANOS);

    /** Tells whether packets with this source are this host's own. */
    boolean contains(InetAddress address) {
        Reading reading = last;
        if (System.nanoTime() - reading.atNanos() >= FRESH_NANOS) {
            reading = new Reading(read(reading.addresses()), System.nanoTime());
            last = reading;
        }
        return reading.addresses().contains(address);
    }

    private static Set<InetAddress> read(Set<InetAddress> before) {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .map(LocalAddresses::withoutScope)
                    .collect(Collectors.toUnmodifiableSet());
        } catch (SocketException e) {
            LOG.warn("the addresses of this host could not be read, those of before count: {}", e.getMessage());
            return before;
        }
    }

    private static InetAddress withoutScope(InetAddress address) {
        return Addresses.of(address.getAddress());
    }
}
