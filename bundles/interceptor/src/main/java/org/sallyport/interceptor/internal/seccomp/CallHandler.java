package org.sallyport.interceptor.internal.seccomp;

import static org.sallyport.linux.ErrnoNames.EACCES;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.FlowGate;
import org.sallyport.api.flow.FlowRequest;
import org.sallyport.api.flow.IpProtocol;
import org.sallyport.api.flow.Requester;
import org.sallyport.api.sa.Leases;
import org.sallyport.interceptor.internal.requester.Requesters;
import org.sallyport.linux.socket.RawAddress;
import org.sallyport.linux.socket.SharedSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a stopped call to the gate and answers it. What a lease covers already, and who does not wait, is answered on the
 * calling thread; everything else elsewhere, so that a held call keeps no other waiting. Thread safe.
 */
final class CallHandler {
    private static final Logger LOG = LoggerFactory.getLogger(CallHandler.class);

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
     * @param executor runs what may take long, while the next call is received
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

    /** Answers a call, now or later. Never throws. */
    void handle(SupervisedCall call) {
        call.guard(() -> {
            Optional<PreparedCall> prepared = prepare(call);
            if (prepared.isEmpty()) {
                return;
            }
            if (leased(prepared.get())) {
                try (PreparedCall ready = prepared.get()) {
                    ready.proceed(true);
                }
            } else if (prepared.get().doesNotWait() && prepared.get().flows().size() == 1) {
                admitAtOnce(prepared.get());
            } else {
                admitLater(prepared.get());
            }
        });
    }

    /** An event loop stands still until its call is answered, and the gate says at once what becomes of it. */
    private void admitAtOnce(PreparedCall prepared) {
        passage(prepared, () -> prepared.call()
                        .callers()
                        .requester(prepared.call().tid()))
                .go();
    }

    /** To find out who calls may take long: the next call is received meanwhile. */
    private void admitLater(PreparedCall prepared) {
        executor.execute(() -> prepared.call().guard(() -> passage(
                        prepared, () -> Requesters.of(prepared.call().tid()))
                .go()));
    }

    private Passage passage(PreparedCall prepared, Supplier<Requester> requester) {
        boolean known = false;
        try {
            Passage passage = new Passage(prepared, requester.get(), gate, heldCalls);
            known = true;
            return passage;
        } finally {
            if (!known) {
                prepared.close();
            }
        }
    }

    /** Reads, duplicates, resolves. Empty when the call is answered already. */
    private Optional<PreparedCall> prepare(SupervisedCall call) {
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

    private Optional<PreparedCall> prepare(
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
            return Optional.of(new PreparedCall(call, request, socket, socket.nonBlocking(), cookie, tcp, flows));
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

    private boolean leased(PreparedCall prepared) {
        Optional<Leases> book = leases.get();
        return book.isPresent()
                && prepared.flows().stream().allMatch(flow -> leased(book.get(), flow, prepared.cookie()));
    }

    private static boolean leased(Leases book, Flow flow, long cookie) {
        return book.find(FlowRequest.ofSocket(flow, Requester.UNKNOWN, cookie)).isPresent();
    }
}
