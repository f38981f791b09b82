package org.sallyport.interceptor.internal.seccomp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.sallyport.api.flow.Admission;
import org.sallyport.api.flow.FlowGate;
import org.sallyport.api.flow.FlowRequest;
import org.sallyport.api.flow.Hold;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.Lease;
import org.sallyport.api.sa.LeaseHolder;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.process.Descriptor;
import org.sallyport.linux.seccomp.ListenerPark.Parked;
import org.sallyport.linux.seccomp.NotificationListener;
import org.sallyport.linux.seccomp.SeccompSelf;
import org.sallyport.linux.socket.RawAddress;
import org.sallyport.linux.socket.SharedSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays the whole way of a request through once, before anybody depends on it: the first held call would otherwise pay for
 * loading and linking what serves it. A thread of this process goes under the filter, uses loopback sockets through a gate
 * that holds and then releases, and ends.
 */
final class Rehearsal {
    private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);
    private static final int ROUNDS = 600;
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final RequestReader reader;
    private final FlowResolver resolver;
    private final HeldCalls heldCalls;
    private final Executor executor;

    Rehearsal(RequestReader reader, FlowResolver resolver, HeldCalls heldCalls, Executor executor) {
        this.reader = reader;
        this.resolver = resolver;
        this.heldCalls = heldCalls;
        this.executor = executor;
    }

    /** Plays, a second long at most where nothing else runs. A failure is told and harms nothing. */
    void play() {
        CallHandler handler =
                new CallHandler(reader, resolver, new ReleasingGate(), Optional::empty, heldCalls, executor);
        CompletableFuture<NotificationListener> listener = new CompletableFuture<>();
        try (ServerSocket server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> acceptAll(server));
            RawAddress peer =
                    RawAddress.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort()));
            useSockets(peer);
            Thread actor = Thread.ofPlatform().daemon().name("rehearsal").start(() -> act(listener, peer));
            NotificationListener taken = listener.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            // Not started by the actor: a thread inherits the filter of the one that starts it.
            Parked parked = new Parked(taken, (int) ProcessHandle.current().pid(), 0);
            new ListenerReader(parked, handler, ended -> taken.close()).start();
            if (!actor.join(LIMIT)) {
                LOG.warn("the interceptor's rehearsal takes longer than {} s", LIMIT.toSeconds());
            }
        } catch (IOException | ExecutionException | TimeoutException e) {
            LOG.warn("the interceptor could not rehearse, so its first request will be slow: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void acceptAll(ServerSocket server) {
        try {
            while (true) {
                server.accept().close();
            }
        } catch (IOException closed) {
            LOG.trace("the rehearsal is over: {}", closed.toString());
        }
    }

    /** Runs on a thread that starts no other. */
    private static void act(CompletableFuture<NotificationListener> listener, RawAddress peer) {
        try {
            SeccompSelf.renounceNewPrivileges();
            listener.complete(new NotificationListener(new Descriptor(SeccompSelf.install())));
        } catch (LinuxException e) {
            listener.completeExceptionally(e);
            return;
        }
        for (int i = 0; i < ROUNDS; i++) {
            useSockets(peer);
        }
    }

    private static void useSockets(RawAddress peer) {
        int calm = SharedSocket.TYPE_STREAM | SharedSocket.NON_BLOCKING;
        try (SharedSocket stream = SharedSocket.create(RawAddress.FAMILY_INET, SharedSocket.TYPE_STREAM);
                SharedSocket nonBlocking = SharedSocket.create(RawAddress.FAMILY_INET, calm);
                SharedSocket connected = SharedSocket.create(RawAddress.FAMILY_INET, SharedSocket.TYPE_DATAGRAM);
                SharedSocket unconnected = SharedSocket.create(RawAddress.FAMILY_INET, SharedSocket.TYPE_DATAGRAM)) {
            stream.connect(peer);
            nonBlocking.connect(peer);
            connected.connect(peer);
            unconnected.send(new byte[1], peer);
        }
    }

    /** Holds each request until another thread comes to release it. */
    private static final class ReleasingGate implements FlowGate {
        @Override
        public Admission admit(FlowRequest request) {
            CompletableFuture<Admission> outcome = new CompletableFuture<>();
            outcome.completeAsync(() -> new Admission.Proceed(Optional.of(new RehearsedLease(request.holder()))));
            return new Admission.Held(new Hold() {
                @Override
                public CompletableFuture<Admission> outcome() {
                    return outcome;
                }

                @Override
                public void abandon() {}
            });
        }

        @Override
        public Admission admitAtOnce(FlowRequest request) {
            return new Admission.Parked();
        }
    }

    private record RehearsedLease(LeaseHolder holder) implements Lease {
        @Override
        public ChildSaId lineage() {
            return new ChildSaId(new IkeSaId(new ConnectionId("rehearsal"), 0), 0);
        }

        @Override
        public void close() {}
    }
}
