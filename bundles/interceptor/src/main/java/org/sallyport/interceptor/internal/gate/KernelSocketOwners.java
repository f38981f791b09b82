package org.sallyport.interceptor.internal.gate;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.IpProtocol;
import org.sallyport.api.flow.Requester;
import org.sallyport.interceptor.internal.requester.Requesters;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.process.SocketHolders;
import org.sallyport.linux.sockdiag.FoundSocket;
import org.sallyport.linux.sockdiag.SocketLookup;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the kernel; once closed, no socket is found. */
final class KernelSocketOwners implements SocketOwners, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KernelSocketOwners.class);

    private final LocalAddresses addresses = new LocalAddresses();
    private final SocketLookup lookup = SocketLookup.open();
    private boolean closed;

    @Override
    public boolean isLocal(Flow flow) {
        return addresses.contains(flow.local());
    }

    @Override
    public synchronized Optional<FoundSocket> find(Flow flow) {
        if (closed || !isLocal(flow) || flow.localPort() < 0 || flow.remotePort() < 0) {
            return Optional.empty();
        }
        try {
            return lookup.find(
                    flow.protocol(),
                    new InetSocketAddress(flow.local(), flow.localPort()),
                    new InetSocketAddress(flow.remote(), flow.remotePort()));
        } catch (LinuxException e) {
            LOG.warn("the socket of {} is not known, so its SA is leased to its packets: {}", flow, e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public synchronized OptionalLong closing(Flow flow) {
        if (closed || !isLocal(flow) || flow.protocol() != IpProtocol.TCP || flow.localPort() < 0) {
            return OptionalLong.empty();
        }
        try {
            return lookup.closing(
                    new InetSocketAddress(flow.local(), flow.localPort()),
                    new InetSocketAddress(flow.remote(), flow.remotePort()));
        } catch (LinuxException e) {
            LOG.warn("whose {} was is not known: {}", flow, e.getMessage());
            return OptionalLong.empty();
        }
    }

    @Override
    public Requester requester(Flow flow, FoundSocket socket) {
        return holder(flow, socket).map(KernelSocketOwners::requester).orElse(Requester.UNKNOWN);
    }

    private static Requester requester(FoundSocket socket) {
        OptionalInt process = SocketHolders.find(socket.inode());
        if (process.isPresent()) {
            try {
                return Requesters.of(process.getAsInt());
            } catch (LinuxException endedMeanwhile) {
                LOG.debug("a process that had a socket has ended: {}", endedMeanwhile.getMessage());
            }
        }
        return Requester.builder().userId(socket.userId()).build();
    }

    /** A connection that arrives is nobody's before its handshake is over: it will be whose socket waits for it. */
    private synchronized Optional<FoundSocket> holder(Flow flow, FoundSocket socket) {
        if (socket.settled()) {
            return Optional.of(socket);
        }
        try {
            return closed ? Optional.empty() : lookup.listener(new InetSocketAddress(flow.local(), flow.localPort()));
        } catch (LinuxException e) {
            LOG.warn("who waits for connections to {} is not known: {}", flow, e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        lookup.close();
    }
}
