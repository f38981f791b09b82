package org.sallyport.interceptor.internal.seccomp;

import static org.sallyport.linux.ErrnoNames.EACCES;
import static org.sallyport.linux.ErrnoNames.EALREADY;
import static org.sallyport.linux.ErrnoNames.EBADF;
import static org.sallyport.linux.ErrnoNames.EINPROGRESS;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.sallyport.api.flow.Admission;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.FlowGate;
import org.sallyport.api.flow.FlowRequest;
import org.sallyport.api.flow.IpProtocol;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.sa.Lease;
import org.sallyport.api.sa.Leases;
import org.sallyport.interceptor.internal.requester.Requesters;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.socket.RawAddress;
import org.sallyport.linux.socket.SharedSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a stopped call to the gate and answers it. What a lease covers already, and who does not wait, is answered on the
 * calling thread; everything else on one of its own, so that a held call keeps no other waiting. Thread safe.
 *
 * <p>To let the kernel execute a call (CONTINUE) is never what security rests on, since the caller can change its memory
 * until then: a protected connect is made here, on the duplicate, with the address that was checked.
 */
final class CallHandler {
    private static final Logger LOG = LoggerFactory.getLogger(CallHandler.class);
    private static final int ENOTSOCK = 88;

    private final RequestReader reader;
    private final FlowResolver resolver;
    private final FlowGate gate;
    private final Supplier<Optional<Leases>> leases;
    private final KnownFlows known = new KnownFlows();
    private final HeldCalls heldCalls;
    private final Executor executor;

    /**
     * Makes a handler.
     *
     * @param leases where the leases are kept, while the SAD runs
     * @param executor runs each task on a thread of its own
     */
    CallHandler(
            RequestReader reader,
            FlowResolver resolver,
            FlowGate gate,
            Supplier<Optional<Leases>> leases,
            HeldCalls heldCalls,
            Executor executor) {
        this.reader = reader;
        this.resolver = resolver;
        this.gate = gate;
        this.leases = leases;
        this.heldCalls = heldCalls;
        this.executor = executor;
    }

    /** A call with everything it takes to answer it; owns the duplicate of its socket. */
    private record Prepared(
            SupervisedCall call,
            SocketRequest request,
            SharedSocket socket,
            boolean nonBlocking,
            long cookie,
            boolean tcp,
            List<Flow> flows)
            implements AutoCloseable {
        /** Says whether the caller goes on with something else meanwhile, like an event loop. */
        boolean doesNotWait() {
            return nonBlocking || (request instanceof SocketRequest.Send send && send.doesNotWait());
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    /** Answers a call, now or later. Never throws. */
    void handle(SupervisedCall call) {
        guarded(call, () -> {
            Optional<Prepared> prepared = prepare(call);
            if (prepared.isEmpty()) {
                return;
            }
            if (leased(prepared.get())) {
                try (Prepared ready = prepared.get()) {
                    proceed(ready, true);
                }
            } else if (prepared.get().doesNotWait() && prepared.get().flows().size() == 1) {
                admitAtOnce(prepared.get());
            } else {
                later(prepared.get(), this::admit);
            }
        });
    }

    /** Has what may take long done on a thread of its own. */
    private void later(Prepared prepared, Consumer<Prepared> action) {
        executor.execute(() -> guarded(prepared.call(), () -> {
            try (prepared) {
                action.accept(prepared);
            }
        }));
    }

    /** An event loop stands still until its call is answered, and the gate says at once what becomes of it. */
    private void admitAtOnce(Prepared prepared) {
        boolean handedOver = false;
        try {
            Requester requester =
                    prepared.call().callers().requester(prepared.call().tid());
            Flow flow = prepared.flows().getFirst();
            Admission admission = gate.admitAtOnce(FlowRequest.ofSocket(flow, requester, prepared.cookie()));
            if (admission instanceof Admission.Held held) {
                handedOver = true;
                later(prepared, waiting -> conclude(waiting, heldCalls.await(waiting.call(), held.hold())));
            } else {
                conclude(prepared, admission);
            }
        } finally {
            if (!handedOver) {
                prepared.close();
            }
        }
    }

    private static void conclude(Prepared prepared, Admission admission) {
        switch (admission) {
            case Admission.Proceed(Optional<Lease> lease) -> proceed(prepared, lease.isPresent());
            case Admission.Parked ignored -> proceed(prepared, true);
            case Admission.Refuse refuse ->
                prepared.call().answer(refuse.errno().number());
            case Admission.Held held -> throw new IllegalStateException("a hold ended in a hold");
        }
    }

    /** Reads, duplicates, resolves. Empty when the call is answered already. */
    private Optional<Prepared> prepare(SupervisedCall call) {
        if (call.tid() == 0) {
            LOG.warn("a program in a PID namespace that is not visible here asks for a socket; it is refused");
            call.answer(EACCES);
            return Optional.empty();
        }
        return switch (reader.read(call.notification())) {
            case SocketRequest.Other other -> {
                call.proceed();
                yield Optional.empty();
            }
            case SocketRequest.Connect connect ->
                prepare(call, connect, connect.descriptor(), List.of(connect.address()), true);
            case SocketRequest.Send send ->
                prepare(call, send, send.descriptor(), send.destinations(), send.fastOpen());
        };
    }

    private Optional<Prepared> prepare(
            SupervisedCall call,
            SocketRequest request,
            int descriptor,
            List<RawAddress> destinations,
            boolean connects) {
        SharedSocket socket = new SharedSocket(call.callers().duplicate(call.tid(), descriptor));
        boolean handedOver = false;
        try {
            // What was read, and what was duplicated, was this caller's only if it still waits now.
            if (!call.waits()) {
                return Optional.empty();
            }
            long cookie = socket.cookie();
            if (repeated(cookie, destinations)) {
                repeat(call, request, socket);
                return Optional.empty();
            }
            OptionalInt protocol = FlowResolver.protocol(socket);
            boolean tcp = protocol.isPresent() && protocol.getAsInt() == IpProtocol.TCP;
            // TCP ignores the address of what it sends, unless it is to connect by it.
            List<Flow> flows = protocol.isEmpty() || (tcp && !connects)
                    ? List.of()
                    : flows(call, socket, cookie, protocol.getAsInt(), destinations);
            if (flows.isEmpty()) {
                call.proceed();
                return Optional.empty();
            }
            handedOver = true;
            return Optional.of(new Prepared(call, request, socket, socket.nonBlocking(), cookie, tcp, flows));
        } finally {
            if (!handedOver) {
                socket.close();
            }
        }
    }

    /** Resolves where a call leads; of datagrams it is known from now on. */
    private List<Flow> flows(
            SupervisedCall call, SharedSocket socket, long cookie, int protocol, List<RawAddress> destinations) {
        List<Flow> flows = new ArrayList<>();
        for (RawAddress destination : destinations) {
            InetSocketAddress address = destination.datagramDestination().orElseThrow();
            resolver.flow(socket, protocol, address, call.tid()).ifPresent(flow -> {
                flows.add(flow);
                if (protocol != IpProtocol.TCP) {
                    known.remember(cookie, destination, flow);
                }
            });
        }
        return List.copyOf(flows);
    }

    /** Tells whether a datagram socket makes a call that it has made before, by what it leases. */
    private boolean repeated(long cookie, List<RawAddress> destinations) {
        Optional<Leases> book = leases.get();
        if (book.isEmpty()) {
            return false;
        }
        for (RawAddress destination : destinations) {
            Optional<Flow> flow = known.find(cookie, destination);
            if (flow.isEmpty() || !leased(book.get(), flow.get(), cookie)) {
                return false;
            }
        }
        return true;
    }

    private static void repeat(SupervisedCall call, SocketRequest request, SharedSocket socket) {
        if (request instanceof SocketRequest.Connect connect) {
            call.answer(socket.connect(connect.address()));
        } else {
            call.proceed();
        }
    }

    private boolean leased(Prepared prepared) {
        Optional<Leases> book = leases.get();
        return book.isPresent()
                && prepared.flows().stream().allMatch(flow -> leased(book.get(), flow, prepared.cookie()));
    }

    private static boolean leased(Leases book, Flow flow, long cookie) {
        return book.find(FlowRequest.ofSocket(flow, Requester.UNKNOWN, cookie)).isPresent();
    }

    private void admit(Prepared prepared) {
        Requester requester = Requesters.of(prepared.call().tid());
        Admission together = new Admission.Proceed(Optional.empty());
        for (Flow flow : prepared.flows()) {
            Admission admission = decide(prepared, FlowRequest.ofSocket(flow, requester, prepared.cookie()));
            if (admission instanceof Admission.Refuse) {
                together = admission;
                break;
            }
            together = isProtected(together) ? together : admission;
        }
        conclude(prepared, together);
    }

    private static boolean isProtected(Admission admission) {
        return !(admission instanceof Admission.Proceed(Optional<Lease> lease)) || lease.isPresent();
    }

    private Admission decide(Prepared prepared, FlowRequest request) {
        Admission admission = prepared.doesNotWait() ? gate.admitAtOnce(request) : gate.admit(request);
        return admission instanceof Admission.Held held ? heldCalls.await(prepared.call(), held.hold()) : admission;
    }

    private static void proceed(Prepared prepared, boolean anyProtected) {
        SupervisedCall call = prepared.call();
        if (!call.waits()) {
            return;
        }
        if (anyProtected && prepared.request() instanceof SocketRequest.Connect connect) {
            connect(prepared, connect.address());
        } else {
            call.proceed();
        }
    }

    private static void connect(Prepared prepared, RawAddress address) {
        SharedSocket socket = prepared.socket();
        boolean waitsItself = prepared.tcp() && !prepared.nonBlocking();
        int errno = waitsItself ? socket.startConnect(address) : socket.connect(address);
        if (waitsItself && (errno == EINPROGRESS || errno == EALREADY)) {
            // The kernel waits for the connection under way, whatever address the call names by now, and the program's
            // own signals and time-outs apply.
            prepared.call().proceed();
        } else {
            prepared.call().answer(errno);
        }
    }

    /** Sees to it that a call is answered whatever happens: a caller must not wait for ever. */
    private static void guarded(SupervisedCall call, Runnable action) {
        try {
            action.run();
        } catch (LinuxException e) {
            if (e.errno() == EBADF || e.errno() == ENOTSOCK) {
                call.proceed();
            } else if (call.waits()) {
                LOG.info("a socket request of thread {} fails: {}", call.tid(), e.getMessage());
                call.answer(e.errno());
            }
        } catch (RuntimeException e) {
            LOG.error("a socket request of thread {} could not be decided", call.tid(), e);
            call.answer(EACCES);
        }
    }
}
