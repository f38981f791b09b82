package org.sallyport.interceptor.internal.gate;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
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
    public Optional<FoundSocket> find(Flow flow) {
        if (!isLocal(flow) || flow.localPort() < 0 || flow.remotePort() < 0) {
            return Optional.empty();
        }
        return ask(
                "the socket of {} is not known, so its SA is leased to its packets: {}",
                flow,
                () -> lookup.find(flow.protocol(), local(flow), remote(flow)));
    }

    @Override
    public Optional<Long> closing(Flow flow) {
        if (!isLocal(flow) || flow.protocol() != IpProtocol.TCP || flow.localPort() < 0) {
            return Optional.empty();
        }
        return ask("whose {} was is not known: {}", flow, () -> lookup.closing(local(flow), remote(flow)));
    }

    private static InetSocketAddress local(Flow flow) {
        return new InetSocketAddress(flow.local(), flow.localPort());
    }

    private static InetSocketAddress remote(Flow flow) {
        return new InetSocketAddress(flow.remote(), flow.remotePort());
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
    private Optional<FoundSocket> holder(Flow flow, FoundSocket socket) {
        return socket.settled()
                ? Optional.of(socket)
                : ask("who waits for connections to {} is not known: {}", flow, () -> lookup.listener(local(flow)));
    }

    private synchronized <T> Optional<T> ask(String otherwise, Flow flow, Supplier<Optional<T>> question) {
        try {
            return closed ? Optional.empty() : question.get();
        } catch (LinuxException e) {
            LOG.warn(otherwise, flow, e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        lookup.close();
    }
}
