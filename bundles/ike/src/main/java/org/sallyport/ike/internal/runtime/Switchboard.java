package org.sallyport.ike.internal.runtime;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.sallyport.api.admin.Journal;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.NegotiationRequest;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.pool.AddressLease;
import org.sallyport.api.pool.HostConfiguration;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.Encapsulation;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.crypto.UnavailableTransformException;
import org.sallyport.ike.internal.core.Carried;
import org.sallyport.ike.internal.core.CoreContext;
import org.sallyport.ike.internal.core.Effect;
import org.sallyport.ike.internal.core.Event;
import org.sallyport.ike.internal.core.Features;
import org.sallyport.ike.internal.core.Others;
import org.sallyport.ike.internal.core.Outcome;
import org.sallyport.ike.internal.core.Question;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.core.state.Endpoints;
import org.sallyport.ike.internal.core.state.Phase;
import org.sallyport.ike.internal.core.state.SessionState;
import org.sallyport.ike.internal.core.task.Door;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IkeHeader;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.MessageDecoder;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.socket.RouteLookup;
import org.sallyport.linux.tcp.StreamEvent;
import org.sallyport.linux.udp.ApplianceMark;
import org.sallyport.linux.udp.IkeDatagram;
import org.sallyport.linux.udp.UdpPorts;

/** Connects messages, negotiations and sessions: which message is for whom, and who carries which wish. Thread safe. */
final class Switchboard implements Others {
    /** Nanoseconds: whatever a peer makes a session do, it does not keep a core busy by itself. */
    private static final long SHORTEST_WAIT = 200_000L;

    private static final String ANY_IPV4 = "0.0.0.0";
    private static final String ANY_IPV6 = "::";

    /** A question of one session to others. */
    private record Asking(IkeSaId asker, long token) {}

    private final CoreContext context;
    private final Features features;
    private final Surroundings surroundings;
    private final BootClock clock;
    private final Timers timers;
    private final Executor executor;
    private final Door door;
    private final Announcer announcer = new Announcer();
    private final ConnectionTeller teller;
    private final PathMtu mtu = new PathMtu();
    private final Map<Long, SessionRunner> bySpi = new ConcurrentHashMap<>();
    private final Roster roster = new Roster();
    private final Map<ConnectionId, SessionRunner> initiating = new ConcurrentHashMap<>();
    private final Map<Long, Ticket> tickets = new ConcurrentHashMap<>();
    private final Map<Asking, AtomicInteger> carryingOn = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private volatile boolean stopped;

    Switchboard(
            CoreContext context,
            Features features,
            Surroundings surroundings,
            BootClock clock,
            Timers timers,
            Executor executor,
            ConnectionTeller teller) {
        this.context = context;
        this.features = features;
        this.surroundings = surroundings;
        this.clock = clock;
        this.timers = timers;
        this.executor = executor;
        this.teller = teller;
        this.door = new Door(context);
    }

    long now() {
        return clock.now();
    }

    Surroundings surroundings() {
        return surroundings;
    }

    Announcer announcer() {
        return announcer;
    }

    ConnectionTeller teller() {
        return teller;
    }

    PathMtu mtu() {
        return mtu;
    }

    Collection<SessionRunner> runners() {
        return roster.all();
    }

    // ---- messages ----

    /** A datagram came in. Cheap unless it is for a session; called by one thread. */
    void received(IkeDatagram datagram) {
        received(new Endpoints(datagram.local(), datagram.remote()), Bytes.of(datagram.message()));
    }

    /** Something came of a stream. Called by one thread. */
    void received(StreamEvent event) {
        Endpoints endpoints = Transport.endpoints(event.ends());
        switch (event) {
            case StreamEvent.Message message -> received(endpoints, Bytes.of(message.message()));
            case StreamEvent.Reopened ignored -> {
                Journal.event("ike-stream-reopened")
                        .with("address", endpoints.remoteText())
                        .write();
                using(endpoints).forEach(runner -> runner.post(new Event.Reopened()));
            }
        }
    }

    private List<SessionRunner> using(Endpoints stream) {
        return roster.all().stream()
                .filter(r -> r.view().endpoints().equals(stream))
                .toList();
    }

    private void received(Endpoints endpoints, Bytes message) {
        try {
            IkeHeader header = MessageDecoder.decodeHeader(message.toArray());
            long ours = header.fromInitiator() ? header.responderSpi() : header.initiatorSpi();
            SessionRunner runner = ours == 0 ? null : bySpi.get(ours);
            boolean first = header.exchangeType().equals(ExchangeType.IKE_SA_INIT) && !header.response();
            if (runner != null) {
                runner.offer(new Event.Received(endpoints, message));
            } else if (first && ours == 0) {
                carryOut(door.judge(endpoints, message, now()), endpoints, message);
            } else if (ours != 0) {
                carryOut(door.judgeUnknown(header, message, now()), endpoints, message);
            }
        } catch (IkeProtocolException shorterThanAHeader) {
            return; // nobody is told (RFC 7296 section 2.21)
        }
    }

    private void carryOut(Door.Judgement judgement, Endpoints endpoints, Bytes message) {
        switch (judgement) {
            case Door.Judgement.Ignore ignored -> {}
            case Door.Judgement.Reply reply -> {
                reply.datagrams().forEach(each -> reply(endpoints, each));
                reply.why().ifPresent(this::tell);
            }
            case Door.Judgement.Known known -> {
                SessionRunner runner = bySpi.get(known.localSpi());
                if (runner != null) {
                    runner.offer(new Event.Received(endpoints, message));
                }
            }
            case Door.Judgement.Admit admit ->
                start(Session.responder(context, features, admit.localSpi(), endpoints, this, now()))
                        .post(admit.first());
        }
    }

    private void tell(Effect.IkeFailed failed) {
        announcer.notice(failed, failed.peer(), now()).ifPresent(Journal::write);
        teller.tell(failed);
    }

    private void reply(Endpoints endpoints, Bytes message) {
        try {
            surroundings.transport().send(endpoints, message);
        } catch (LinuxException unreachable) {
            return; // an address that nobody can answer: spoofed, most likely
        }
    }

    private SessionRunner start(Session session) {
        SessionRunner runner = new SessionRunner(session, this, executor);
        roster.add(runner);
        if (stopped) {
            runner.stop();
        }
        return runner;
    }

    // ---- negotiations ----

    Ticket negotiate(NegotiationRequest request, long deadline) {
        Ticket ticket = new Ticket(numbers.incrementAndGet(), request, deadline, this::abandon);
        tickets.put(ticket.number(), ticket);
        assign(ticket);
        return ticket;
    }

    private void assign(Ticket ticket) {
        Optional<SessionRunner> runner =
                stopped ? Optional.empty() : runnerFor(ticket.request().peer(), ticket.carrier());
        if (runner.isEmpty()) {
            tickets.remove(ticket.number());
            ticket.complete(new NegotiationResult.Refused(Reason.of(
                    stopped ? ReasonCode.SHUTTING_DOWN : ReasonCode.PEER_ADDRESS_UNKNOWN,
                    ticket.request().peer())));
            return;
        }
        ticket.carrier(runner.get());
        runner.get().post(new Event.Negotiate(ticket.number(), ticket.request(), ticket.deadline()));
    }

    /** One IKE SA serves all who want a pair with the peer at once. */
    private synchronized Optional<SessionRunner> runnerFor(PadEntry peer, Optional<SessionRunner> going) {
        Optional<SessionRunner> standing = standing(peer)
                .filter(r -> !going.equals(Optional.of(r)))
                .max(Comparator.comparingLong(r -> r.view().establishedAt()));
        if (standing.isPresent()) {
            return standing;
        }
        SessionRunner begun = initiating.get(peer.connection());
        if (begun != null && begun.view().usable() && !going.equals(Optional.of(begun))) {
            return Optional.of(begun);
        }
        Optional<SessionRunner> made = peer.remoteAddress().map(remote -> initiate(peer, remote, Optional.empty()));
        made.ifPresent(runner -> initiating.put(peer.connection(), runner));
        return made;
    }

    private Stream<SessionRunner> standing(PadEntry peer) {
        return roster.with(peer.connection()).stream().filter(r -> r.view().phase() == Phase.ESTABLISHED);
    }

    private SessionRunner initiate(PadEntry peer, InetAddress remote, Optional<IkeSaId> predecessor) {
        InetAddress local = peer.localAddress().orElseGet(() -> source(peer, remote));
        Endpoints endpoints = peer.encapsulation() == Encapsulation.TCP
                ? surroundings.transport().open(local, remote)
                : new Endpoints(
                        new InetSocketAddress(local, UdpPorts.IKE_PORT),
                        new InetSocketAddress(remote, UdpPorts.IKE_PORT));
        IkeSaId id = surroundings.table().openIkeSa(peer.connection());
        return start(Session.initiator(context, features, id, peer, endpoints, predecessor, this, now()));
    }

    /** The kernel chooses later; but who says nothing untrue of its address has to know it now. */
    private static InetAddress source(PadEntry peer, InetAddress remote) {
        if (peer.encapsulation() == Encapsulation.RAW) {
            try (RouteLookup routes = new RouteLookup()) {
                return routes.sourceFor(
                        new InetSocketAddress(remote, UdpPorts.IKE_PORT), ApplianceMark.VALUE, /* interfaceIndex= */ 0);
            } catch (LinuxException ignored) {
                // There is no way to the peer, which whoever sends to it says.
            }
        }
        return Addresses.parse(Addresses.isIpv4(remote) ? ANY_IPV4 : ANY_IPV6);
    }

    private void abandon(Ticket ticket) {
        ticket.carrier().ifPresent(c -> c.post(new Event.Abandon(ticket.number())));
    }

    /** A negotiation ended; one whose IKE SA was going just then is tried once more with another. */
    void settled(long number, NegotiationResult result) {
        Ticket ticket = tickets.get(number);
        if (ticket == null) {
            return;
        }
        if (again(result) && ticket.deadline() > now() && ticket.firstTime()) {
            executor.execute(() -> assign(ticket));
        } else {
            tickets.remove(number);
            ticket.complete(result);
        }
    }

    private static boolean again(NegotiationResult result) {
        Reason reason =
                switch (result) {
                    case NegotiationResult.Refused refused -> refused.reason();
                    case NegotiationResult.Unreachable unreachable -> unreachable.reason();
                    case NegotiationResult.Established ignored -> Reason.of(ReasonCode.CANCELLED);
                };
        return switch (reason.code()) {
            case IKE_SA_GONE, PEER_RESTARTED, DELETED_BY_PEER, PEER_DEAD, SUPERSEDED, REAUTHENTICATED -> true;
            default -> false;
        };
    }

    // ---- what sessions say ----

    void listen(long spi, SessionRunner runner) {
        bySpi.put(spi, runner);
    }

    void deafen(long spi) {
        bySpi.remove(spi);
    }

    void halfOpenEnded(long spi) {
        door.settled(spi);
    }

    /** A runner is seen otherwise than before. */
    void seen(SessionRunner runner, SessionView before) {
        roster.seen(runner, before);
    }

    void answerAgain(Effect.AnswerAgain answers) {
        door.answerAgain(answers, now());
    }

    /** An event was served: the runner's next one is due then. */
    void served(SessionRunner runner, long deadline) {
        if (roster.contains(runner)) {
            timers.schedule(runner, Math.max(deadline, now() + SHORTEST_WAIT));
        }
    }

    void finished(SessionRunner runner) {
        roster.remove(runner);
        runner.view().id().ifPresent(id -> carryingOn.keySet().removeIf(a -> a.asker()
                .equals(id)));
        timers.schedule(runner, Long.MAX_VALUE);
        endStream(runner.view().endpoints());
        runner.view().id().ifPresent(id -> initiating.remove(id.connection(), runner));
    }

    /** A stream ends with the last session that goes by it. */
    private void endStream(Endpoints stream) {
        if (stream.tcp() && !stopped && using(stream).isEmpty()) {
            surroundings.transport().streams().end(Transport.ends(stream));
        }
    }

    /** Elder sessions with a peer end because of a newer one. */
    void supersede(SessionRunner self, Effect.Supersede supersede) {
        for (SessionRunner each : roster.with(supersede.peer())) {
            if (each != self && each.view().establishedAt() < supersede.before()) {
                each.post(supersede.word());
            }
        }
    }

    /** Returns what our pools gave to peers whose IKE SAs stand. */
    List<AddressLease> leases() {
        return roster.all().stream().flatMap(r -> r.view().leases().stream()).toList();
    }

    /** Returns what peers assigned to us, by the IKE SA that it stands with. */
    Map<IkeSaId, HostConfiguration> assigned() {
        Map<IkeSaId, HostConfiguration> all = new HashMap<>();
        for (SessionRunner runner : roster.all()) {
            SessionView view = runner.view();
            view.id()
                    .filter(id -> !view.assigned().addresses().isEmpty())
                    .ifPresent(id -> all.put(id, view.assigned()));
        }
        return all;
    }

    /** A pool is another bundle's code, and may take its time. */
    void release(AddressLease lease) {
        executor.execute(() -> surroundings.pools().release(lease));
    }

    /** A session is to have an heir, or more is for the one that it has. */
    void handOver(Effect.HandOver handOver) {
        Optional<SessionRunner> heir = roster.heirs(handOver.from()).stream()
                .filter(r -> r.view().usable())
                .findFirst();
        heir.or(() -> heir(handOver.from()))
                .ifPresentOrElse(
                        runner -> runner.post(new Event.TakeOver(handOver.carried())),
                        () -> tell(handOver.from(), new Event.NotTakenOver()));
    }

    private Optional<SessionRunner> heir(IkeSaId elder) {
        return context.pad().named(elder.connection()).filter(peer -> !stopped).flatMap(peer -> peer.remoteAddress()
                .map(remote -> initiate(peer, remote, Optional.of(elder))));
    }

    /** The other sessions with a peer that wait for it carry on what one is about to stop to carry. */
    void carryOn(SessionRunner self, Question.CarryOn question, long token) {
        List<SessionRunner> all = roster.waitingWith(question.peer()).stream()
                .filter(r -> r != self && r.view().phase() == Phase.ESTABLISHED)
                .toList();
        if (all.isEmpty()) {
            self.post(new Event.Answered(token, new Outcome.Value(false)));
            return;
        }
        carryingOn.put(new Asking(question.asker(), token), new AtomicInteger(all.size()));
        all.forEach(r -> r.post(new Event.CarryOn(question.asker(), token)));
    }

    /** One of them does. */
    void carriesOn(Effect.CarriesOn on) {
        Asking asking = new Asking(on.asker(), on.token());
        AtomicInteger left = carryingOn.get(asking);
        if (left != null && left.decrementAndGet() == 0) {
            carryingOn.remove(asking);
            tell(on.asker(), new Event.Answered(on.token(), new Outcome.Value(true)));
        }
    }

    void tell(IkeSaId id, Event event) {
        serving(id).ifPresent(r -> r.post(event));
    }

    @Override
    public boolean stand(SessionState self, ConnectionId connection, Optional<Identity> peer) {
        return others(self, connection, peer.map(roster::with).orElseGet(() -> roster.with(connection)))
                .findAny()
                .isPresent();
    }

    @Override
    public boolean carry(SessionState self, ConnectionId connection, Identity peer, Carried carried, long since) {
        return carrying(self, connection, peer, carried)
                .filter(v -> v.establishedAt() >= since)
                .anyMatch(v -> v.carried().contains(carried));
    }

    @Override
    public boolean carryInstead(
            SessionState self, ConnectionId connection, Identity peer, Carried carried, IkeSaId ending) {
        return carrying(self, connection, peer, carried)
                .filter(v -> !v.id().equals(Optional.of(ending)))
                .anyMatch(v -> v.carried().contains(carried)
                        || v.agreed().contains(carried)
                        || (v.establishedAt() > self.establishedAt
                                && v.waiting().contains(carried)));
    }

    private Stream<SessionView> carrying(SessionState self, ConnectionId connection, Identity peer, Carried carried) {
        return others(self, connection, roster.carrying(carried))
                .filter(v -> v.identity().equals(Optional.of(peer)));
    }

    private static Stream<SessionView> others(
            SessionState self, ConnectionId connection, Collection<SessionRunner> among) {
        return among.stream()
                .map(SessionRunner::view)
                .filter(v -> v.phase() == Phase.ESTABLISHED && v.isWith(connection))
                .filter(v -> !v.id().equals(self.id()));
    }

    // ---- life ----

    /** Goes on with a session from its checkpoint. */
    SessionRunner resume(SessionState state) throws UnavailableTransformException {
        if (state.endpoints.tcp() && state.initiator) {
            surroundings.transport().streams().reopen(Transport.ends(state.endpoints));
        }
        SessionRunner runner = start(Session.resumed(context, features, state, this, now()));
        runner.post(new Event.Resumed());
        return runner;
    }

    /** Ends the streams of sessions that do not go on from their checkpoints. */
    void endOtherStreams() {
        surroundings
                .transport()
                .streams()
                .retain(roster.all().stream()
                        .map(r -> r.view().endpoints())
                        .filter(Endpoints::tcp)
                        .map(Transport::ends)
                        .collect(Collectors.toSet()));
    }

    /** Finds who serves an IKE SA. */
    Optional<SessionRunner> serving(IkeSaId id) {
        return roster.of(id);
    }

    /** Falls silent: returns when nobody acts any more, or after the time given. */
    void stop(long patienceMillis) throws InterruptedException {
        stopped = true;
        List<SessionRunner> all = roster.all();
        all.forEach(SessionRunner::stop);
        long end = System.nanoTime() + patienceMillis * 1_000_000;
        while (all.stream().anyMatch(SessionRunner::busy) && System.nanoTime() < end) {
            Thread.sleep(1);
        }
        for (Ticket ticket : tickets.values()) {
            ticket.complete(new NegotiationResult.Refused(Reason.of(ReasonCode.SHUTTING_DOWN)));
        }
        tickets.clear();
    }
}
