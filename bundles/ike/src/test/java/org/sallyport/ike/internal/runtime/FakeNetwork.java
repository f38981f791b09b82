package org.sallyport.ike.internal.runtime;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.sa.Epoch;
import org.sallyport.linux.LeaseRevokedException;
import org.sallyport.linux.udp.EspPortLease;
import org.sallyport.linux.udp.IkeDatagram;
import org.sallyport.linux.udp.IkePortLease;
import org.sallyport.linux.udp.UdpPorts;

/** Hosts with IKE ports, connected by queues. Leases behave as the real ones do. */
final class FakeNetwork {
    private final Map<InetAddress, Host> hosts = new ConcurrentHashMap<>();
    final List<IkeDatagram> sent = new CopyOnWriteArrayList<>();

    Host host(InetAddress address) {
        return hosts.computeIfAbsent(address, Host::new);
    }

    /** One host's ports. */
    final class Host implements UdpPorts {
        private final InetAddress address;
        private final BlockingQueue<IkeDatagram> arrived = new LinkedBlockingQueue<>();
        private long epochs;
        private @Nullable Held held;

        Host(InetAddress address) {
            this.address = address;
        }

        @Override
        public synchronized Epoch nextEpoch() {
            return new Epoch(++epochs);
        }

        @Override
        public synchronized IkePortLease leaseIke(Epoch epoch, Runnable onRevoked) {
            if (held != null && !held.revoked) {
                held.revoked = true;
                held.onRevoked.run();
            }
            Held lease = new Held(this, epoch, onRevoked);
            held = lease;
            return lease;
        }

        @Override
        public EspPortLease leaseEsp(Epoch epoch, int workers, Runnable onRevoked) {
            throw new AssertionError("a negotiator does not carry packets");
        }
    }

    private final class Held implements IkePortLease {
        private final Host host;
        private final Epoch epoch;
        private final Runnable onRevoked;
        private volatile boolean revoked;

        Held(Host host, Epoch epoch, Runnable onRevoked) {
            this.host = host;
            this.epoch = epoch;
            this.onRevoked = onRevoked;
        }

        @Override
        public Epoch epoch() {
            return epoch;
        }

        @Override
        public boolean revoked() {
            return revoked;
        }

        @Override
        public void close() {
            revoked = true;
        }

        private void requireStanding() {
            if (revoked) {
                throw new LeaseRevokedException("the fake ports");
            }
        }

        @Override
        public Optional<IkeDatagram> receive(Duration timeout) {
            long end = System.nanoTime() + timeout.toNanos();
            while (System.nanoTime() < end) {
                requireStanding();
                try {
                    IkeDatagram next = host.arrived.poll(5, TimeUnit.MILLISECONDS);
                    if (next != null) {
                        return Optional.of(next);
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return Optional.empty();
                }
            }
            return Optional.empty();
        }

        @Override
        public void send(IkeDatagram datagram) {
            requireStanding();
            sent.add(datagram);
            InetSocketAddress source =
                    new InetSocketAddress(host.address, datagram.local().getPort());
            Host to = hosts.get(datagram.remote().getAddress());
            if (to != null) {
                to.arrived.add(new IkeDatagram(datagram.remote(), source, datagram.message()));
            }
        }

        @Override
        public void sendKeepAlive(InetSocketAddress local, InetSocketAddress remote) {
            requireStanding();
        }
    }
}
