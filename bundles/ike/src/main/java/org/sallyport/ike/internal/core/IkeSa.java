package org.sallyport.ike.internal.core;

import java.net.InetAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.crypto.Prf;
import org.sallyport.crypto.UnavailableTransformException;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.core.state.Endpoints;
import org.sallyport.ike.internal.core.state.Flight;
import org.sallyport.ike.internal.core.state.IkeSaState;
import org.sallyport.ike.internal.core.state.IkeSuite;
import org.sallyport.ike.internal.core.state.Phase;
import org.sallyport.ike.internal.core.state.RequestWindow;
import org.sallyport.ike.internal.core.state.TaskRecord;
import org.sallyport.ike.internal.keys.DirectionKeys;
import org.sallyport.ike.internal.keys.IkeKeys;
import org.sallyport.ike.internal.keys.IvCounter;
import org.sallyport.ike.internal.keys.SkCipher;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IkeHeader;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.MessageDecoder;
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.message.Payload;

/**
 * The exchange engine of one IKE SA: message ids, a window of one for our requests and of several for the peer's,
 * retransmission, the responses, the queue of tasks (RFC 7296 sections 2.1 to 2.3). Requests are answered one after the
 * other. Used by one thread at a time.
 */
public final class IkeSa {
    private static final long NOTHING = -1;

    /** The transmission from which a request that is fragmented goes in the smallest fragments. */
    private static final int SMALLER_FROM = 4;

    /** What to do about a request. */
    private interface Step {
        void run() throws IkeProtocolException;
    }

    /** A request that is authenticated and not answered. */
    private record Asked(Endpoints from, ExchangeType exchange, Bytes digest, Step step) {}

    private final Session session;
    private final IkeSaState state;
    private final ArrayDeque<Task> queue = new ArrayDeque<>();
    private final Map<Long, Reassembly> requestPieces = new HashMap<>();
    private final TreeMap<Long, Asked> waiting = new TreeMap<>();
    /** Requests whose answers wait for their checkpoint: nobody may see them before. */
    private final Set<Long> unsaved = new HashSet<>();

    private final Reassembly responsePieces = new Reassembly();
    private Supplier<Bytes> again = () -> Bytes.EMPTY;
    private @Nullable Task running;
    private long answering = NOTHING;
    private Bytes answeringDigest = Bytes.EMPTY;
    private ExchangeType answeringExchange = ExchangeType.INFORMATIONAL;
    private Endpoints answeringFrom;
    private int answeringWindow = 1;
    private @Nullable InitRecord init;
    private @Nullable Continuation continuation;
    private @Nullable Prf prf;
    private @Nullable SkCipher cipher;

    IkeSa(Session session, IkeSaState state) {
        this.session = session;
        this.state = state;
        this.answeringFrom = session.state().endpoints;
    }

    public Session session() {
        return session;
    }

    public IkeSaState state() {
        return state;
    }

    /** Takes the algorithms and keys that were agreed. */
    public void agree(IkeSuite suite, IkeKeys keys) throws UnavailableTransformException {
        state.agree(suite, keys, IvCounter.startOf(0));
        bindAlgorithms();
    }

    void bindAlgorithms() throws UnavailableTransformException {
        IkeSuite suite = state.suite();
        prf = session.context().crypto().prf(suite.prf());
        cipher = new SkCipher(suite.protection(session.context().crypto()));
    }

    /** Returns the PRF that was agreed. */
    public Prf prf() {
        return present(prf);
    }

    /** Returns what IKE_AUTH needs of IKE_SA_INIT. */
    public InitRecord init() {
        return present(init);
    }

    public void init(InitRecord record) {
        init = record;
    }

    /** Lets go of what IKE_SA_INIT left, once IKE_AUTH is over: an IKE SA stands for hours. */
    void authenticated() {
        if (idle() && !answering()) {
            init = null;
        }
    }

    /** Lets somebody answer the requests that follow, where an exchange takes several (RFC 7296 section 2.16). */
    public void continuation(@Nullable Continuation next) {
        Continuation before = continuation;
        continuation = next;
        if (before != null && before != next) {
            before.over();
        }
    }

    // ---- our requests ----

    /** Queues a task. */
    public void submit(Task task) {
        queue.add(task);
        pump();
    }

    /** Tells whether nothing is asked or about to be asked. */
    public boolean idle() {
        return running == null && queue.isEmpty();
    }

    /** Returns the task that is under way. */
    public Optional<Task> running() {
        return Optional.ofNullable(running);
    }

    /** Tells whether a request of the peer is being answered. */
    public boolean answering() {
        return answering != NOTHING;
    }

    private void pump() {
        while (running == null && !queue.isEmpty()) {
            Task next = queue.remove();
            running = next;
            next.begin(this);
        }
    }

    /** A task is over: the next may begin, and the checkpoint says so. */
    public void finished(Task task) {
        if (running != task) {
            return;
        }
        running = null;
        state.flight(null);
        task.over();
        session.save();
        pump();
    }

    /** Sends a task's protected request, once a checkpoint knows of it. */
    public void request(Task task, ExchangeType exchange, List<Payload> payloads) {
        IkeHeader header = IkeHeader.request(
                state.initiatorSpi(), state.responderSpi(), exchange, state.originalInitiator, state.nextRequestId);
        Flight flight = new Flight(state.nextRequestId, exchange.number(), seal(header, payloads), task.record());
        again = () -> seal(header, payloads, leastRoom());
        takeOff(flight, labels(payloads));
    }

    /** Sends an unprotected first request; one with the same id replaces the one before. */
    public void requestPlain(IkeMessage request, Bytes encoded) {
        state.nextRequestId = 0;
        again = () -> encoded;
        takeOff(
                new Flight(0, ExchangeType.IKE_SA_INIT.number(), encoded, new TaskRecord.Volatile()),
                labels(request.payloads()));
    }

    private void takeOff(Flight flight, List<String> labels) {
        state.flight(flight);
        state.nextRequestId = flight.messageId + 1;
        session.saveThen(() -> transmit(flight, labels));
    }

    private void transmit(Flight flight, List<String> labels) {
        PadEntry.Retransmission timing = session.retransmission();
        flight.transmissions++;
        flight.interval = flight.transmissions == 1
                ? timing.first().toNanos()
                : (long) Math.min(flight.interval * Math.max(1.0, timing.factor()), 3.6e12);
        flight.nextAt = session.now() + flight.interval;
        if (flight.transmissions > 1 && session.state().endpoints.tcp()) {
            return; // TCP sends again what is lost (RFC 9329 section 6.2); the peer's time runs all the same
        }
        if (flight.transmissions == SMALLER_FROM
                && leastRoom() < room()
                && Datagrams.split(flight.message).size() > 1) {
            flight.message = again.get(); // the path may not carry what is larger (RFC 7383 section 2.5.2)
        }
        ExchangeType exchange = new ExchangeType(flight.exchange);
        send(
                session.state().endpoints,
                flight.message,
                new Effect.Summary(exchange.toString(), false, flight.messageId, labels, flight.transmissions));
    }

    /** Sends a request that is under way by another connection: the one before may have lost it, or the answer. */
    void sendAgain() {
        state.flight()
                .filter(f -> !f.landed && f.transmissions > 0)
                .ifPresent(f -> send(
                        session.state().endpoints,
                        f.message,
                        new Effect.Summary(
                                new ExchangeType(f.exchange).toString(),
                                false,
                                f.messageId,
                                List.of(),
                                f.transmissions + 1)));
    }

    private void send(Endpoints endpoints, Bytes message, Effect.Summary summary) {
        List<Bytes> datagrams = Datagrams.split(message);
        if (datagrams.size() == 1) {
            session.emit(new Effect.Send(endpoints, message, summary));
            return;
        }
        for (int i = 0; i < datagrams.size(); i++) {
            List<String> labels = new ArrayList<>(i == 0 ? summary.payloads() : List.of());
            labels.add("SKF(" + (i + 1) + "/" + datagrams.size() + ")");
            session.emit(new Effect.Send(
                    endpoints,
                    datagrams.get(i),
                    new Effect.Summary(
                            summary.exchange(),
                            summary.response(),
                            summary.messageId(),
                            labels,
                            summary.transmission())));
        }
    }

    private void retransmit(Flight flight) {
        if (session.wantsTcp(flight)) {
            flight.nextAt = ChildState.NEVER;
            session.fallBack(this);
        } else if (flight.transmissions > session.retransmission().tries()) {
            flight.nextAt = ChildState.NEVER;
            session.unanswered(this, flight.transmissions);
        } else {
            transmit(flight, List.of());
        }
    }

    /** Lets a task go on, after a resumption, with a request that is in flight. */
    void resume(Task task) {
        running = task;
        state.flight().ifPresent(f -> {
            again = () -> f.message; // what it says is in the message alone
            f.transmissions = 0;
            f.nextAt = session.now();
        });
    }

    /** Drops every task; a request in flight still occupies the window until it is answered. */
    void abandonTasks() {
        boolean inTheAir =
                state.agreed() && state.flight().filter(f -> !f.landed).isPresent();
        List<Task> all = new ArrayList<>(queue);
        queue.clear();
        Task current = running;
        if (current != null && !(inTheAir && current.mustComplete() && session.state().phase == Phase.DELETING)) {
            all.add(current);
            running = inTheAir ? new Ignored() : null;
            state.flight().ifPresent(f -> f.task = new TaskRecord.Volatile()); // whoever resumes ignores it too
            if (!inTheAir) {
                state.flight(null);
            }
        }
        for (Task task : all) {
            task.dropped(this);
            task.over();
        }
    }

    /** The IKE SA is over, though it still answers retransmissions. */
    public void endTasks() {
        abandonTasks();
        Optional.ofNullable(running).ifPresent(Task::over);
        running = null;
        state.flight(null);
    }

    /** Hands the tasks that wait to the successor. */
    void moveQueue(IkeSa successor) {
        List<Task> moved = new ArrayList<>(queue);
        queue.clear();
        moved.forEach(successor::submit);
    }

    // ---- what comes in ----

    void received(Endpoints endpoints, Bytes datagram, IkeHeader header) {
        if (header.fromInitiator() == state.originalInitiator) {
            return;
        }
        if (header.response()) {
            receivedResponse(endpoints, datagram, header);
        } else {
            receivedRequest(endpoints, datagram, header);
        }
    }

    private void receivedResponse(Endpoints endpoints, Bytes datagram, IkeHeader header) {
        Optional<Flight> flight = state.flight();
        Task task = running;
        if (flight.isEmpty()
                || task == null
                || flight.get().messageId != header.messageId()
                || flight.get().exchange != header.exchangeType().number()
                || flight.get().landed) {
            return;
        }
        if (task instanceof PlainTask plain && header.exchangeType().equals(ExchangeType.IKE_SA_INIT)) {
            plain.plainResponse(this, endpoints, datagram);
            return;
        }
        try {
            Optional<Reassembly.Whole> whole = open(datagram, responsePieces);
            if (whole.isPresent()) {
                landed(endpoints, flight.get());
                session.emit(received(endpoints, whole.get().message()));
                task.response(this, whole.get().message());
            } else if (saysUnknown(datagram)) {
                doubt(flight.get());
            }
        } catch (IkeProtocolException e) {
            landed(endpoints, flight.get());
            session.unreadable(this, Reason.of(ReasonCode.PEER_PROTOCOL_ERROR, session.peerName(), words(e)));
        }
    }

    private static boolean saysUnknown(Bytes datagram) {
        try {
            return MessageDecoder.decode(datagram.toArray())
                    .notify(NotifyType.INVALID_IKE_SPI)
                    .isPresent();
        } catch (IkeProtocolException e) {
            return false; // nobody vouches for it: not worth a word
        }
    }

    /**
     * A hint that nobody vouches for changes nothing but our patience (RFC 7296 section 2.21.4): two more transmissions,
     * soon, and a peer that lives has answered. One that may not have our answer yet, by which it gets the IKE SA, says the
     * same for as long.
     */
    private void doubt(Flight flight) {
        boolean known = state.originalInitiator || flight.messageId > 0 || !state.requests.isUntouched();
        if (known && !flight.doubted) {
            PadEntry.Retransmission timing = session.retransmission();
            flight.doubted = true;
            flight.transmissions = Math.max(flight.transmissions, timing.tries() - 1);
            flight.interval = timing.first().toNanos() / 2;
            flight.nextAt = Math.min(flight.nextAt, session.now() + flight.interval);
        }
    }

    private void landed(Endpoints endpoints, Flight flight) {
        land(flight);
        session.heard(endpoints);
    }

    /** A plain task accepted a response: its request is not sent again. */
    public void plainAnswered() {
        state.flight().ifPresent(IkeSa::land);
    }

    private static void land(Flight flight) {
        flight.nextAt = ChildState.NEVER;
        flight.landed = true;
    }

    private void receivedRequest(Endpoints endpoints, Bytes datagram, IkeHeader header) {
        long id = header.messageId();
        Optional<RequestWindow.Answer> answered = state.requests.answer(id);
        if (unsaved.contains(id)) {
            return;
        }
        if (answered.isPresent()) {
            answerAgain(endpoints, datagram, header, answered.get());
        } else if (mayBeAsked() && state.requests.admits(id, window()) && id != answering && !waiting.containsKey(id)) {
            understand(endpoints, datagram, header);
            answerNext();
        }
    }

    /** Who has not proven itself yet has nothing to ask of who initiates (RFC 7296 section 1.4): it will ask again. */
    private boolean mayBeAsked() {
        return state.agreed() && session.state().phase != Phase.CONNECTING;
    }

    /** IKE_AUTH goes step by step; whoever is authenticated may ask ahead. */
    private int window() {
        Phase phase = session.state().phase;
        return phase == Phase.HALF_OPEN || phase == Phase.CONNECTING ? 1 : RequestWindow.SIZE;
    }

    private void understand(Endpoints endpoints, Bytes datagram, IkeHeader header) {
        long id = header.messageId();
        try {
            Optional<Reassembly.Whole> whole = open(datagram, requestPieces.computeIfAbsent(id, i -> new Reassembly()));
            if (whole.isPresent()) {
                IkeMessage request = whole.get().message();
                take(endpoints, header, whole.get().first(), () -> answer(request));
                session.emit(received(endpoints, request));
            }
        } catch (IkeProtocolException e) {
            take(endpoints, header, datagram, () -> {
                throw e;
            });
        }
        requestPieces.values().removeIf(Reassembly::isEmpty);
    }

    private void take(Endpoints endpoints, IkeHeader header, Bytes datagram, Step step) {
        session.heard(endpoints);
        session.state().lastAskedAt = session.now();
        requestPieces.remove(header.messageId());
        waiting.put(header.messageId(), new Asked(endpoints, header.exchangeType(), digest(datagram), step));
    }

    /** Answers what waits, the eldest first, until an answer takes its time. */
    void answerNext() {
        while (answering == NOTHING && !waiting.isEmpty()) {
            Map.Entry<Long, Asked> next = waiting.pollFirstEntry();
            answering = next.getKey();
            answeringExchange = next.getValue().exchange();
            answeringDigest = next.getValue().digest();
            answeringFrom = next.getValue().from();
            answeringWindow = window();
            try {
                next.getValue().step().run();
            } catch (IkeProtocolException e) {
                refuse(e);
            }
        }
    }

    private void answerAgain(Endpoints endpoints, Bytes datagram, IkeHeader header, RequestWindow.Answer answer) {
        if (digest(datagram).equals(answer.digest()) || cutAnew(datagram, header)) {
            send(
                    endpoints,
                    answer.response(),
                    new Effect.Summary(header.exchangeType().toString(), true, header.messageId(), List.of(), 2));
        }
    }

    /** A request that nobody answers may be cut anew (RFC 7383 section 2.5.2): its first fragment is another datagram. */
    private boolean cutAnew(Bytes datagram, IkeHeader header) {
        if (!session.state().fragmentation || header.exchangeType().equals(ExchangeType.IKE_SA_INIT)) {
            return false;
        }
        try {
            return switch (unseal(datagram)) {
                case SkCipher.Opened.Genuine _ -> true;
                case SkCipher.Opened.Piece piece -> piece.fragment().number() == 1;
                case SkCipher.Opened.Dropped _ -> false;
            };
        } catch (IkeProtocolException e) {
            return false; // it was answered: what else is wrong with it is of no account
        }
    }

    private void answer(IkeMessage request) throws IkeProtocolException {
        Continuation next = continuation;
        if (next != null && next.answers(session, request)) {
            next.answer(session, this, request);
            return;
        }
        for (Answerer answerer : session.features().answerers()) {
            if (answerer.answers(session, request)) {
                answerer.answer(session, this, request);
                return;
            }
        }
        throw IkeProtocolException.invalidSyntax(request.header() + " does not belong here");
    }

    /** Answers the request with the notify of a mistake; a message that cannot be read ends the IKE SA. */
    public void refuse(IkeProtocolException mistake) {
        boolean fatal = mistake.type().equals(NotifyType.INVALID_SYNTAX)
                || session.state().phase == Phase.HALF_OPEN
                || session.state().phase == Phase.CONNECTING;
        Reason reason = Reason.of(ReasonCode.PEER_PROTOCOL_ERROR, session.peerName(), words(mistake));
        respond(List.of(mistake.toNotify()), () -> {
            if (fatal) {
                session.close(reason, Session.Farewell.LINGER);
            }
        });
    }

    /** Returns where the request that is being answered came from. */
    public Endpoints asker() {
        return answeringFrom;
    }

    /** Answers the request that is being answered. */
    public void respond(List<Payload> payloads) {
        respond(payloads, () -> {});
    }

    /**
     * Answers the request that is being answered, with what follows from it: whoever resumes knows of both or of neither,
     * because a request that is remembered as answered is not taken again.
     */
    public void respond(List<Payload> payloads, Runnable consequence) {
        if (answering == NOTHING) {
            return;
        }
        IkeHeader header = new IkeHeader(
                state.initiatorSpi(),
                state.responderSpi(),
                answeringExchange,
                state.originalInitiator,
                true,
                false,
                answering);
        respond(header, seal(header, payloads), labels(payloads), consequence);
    }

    /** Answers a first request. */
    public void respondPlain(Endpoints endpoints, Bytes request, IkeMessage response, Bytes encoded) {
        answering = response.header().messageId();
        answeringDigest = digest(request);
        answeringFrom = endpoints;
        respond(response.header(), encoded, labels(response.payloads()), () -> {});
    }

    private void respond(IkeHeader header, Bytes message, List<String> labels, Runnable consequence) {
        Endpoints endpoints = answeringFrom;
        state.requests.answered(answering, new RequestWindow.Answer(answeringDigest, message), answeringWindow);
        answering = NOTHING;
        unsaved.add(header.messageId());
        consequence.run();
        session.saveThen(() -> {
            unsaved.remove(header.messageId());
            send(
                    endpoints,
                    message,
                    new Effect.Summary(header.exchangeType().toString(), true, header.messageId(), labels, 1));
        });
    }

    /** The request that is being answered gets no answer. */
    public void ignore() {
        answering = NOTHING;
    }

    // ---- time ----

    long deadline() {
        long flight = state.flight().map(f -> f.nextAt).orElse(ChildState.NEVER);
        long plain = running instanceof PlainTask p ? p.deadline() : ChildState.NEVER;
        long pieces = responsePieces.deadline();
        for (Reassembly each : requestPieces.values()) {
            pieces = Math.min(pieces, each.deadline());
        }
        return Math.min(Math.min(plain, pieces), Math.min(flight, state.closeAt));
    }

    void tick() {
        if (running instanceof PlainTask plain && plain.deadline() <= session.now()) {
            plain.tick(this);
        }
        requestPieces.values().forEach(p -> p.tick(session.now()));
        requestPieces.values().removeIf(Reassembly::isEmpty);
        responsePieces.tick(session.now());
        state.flight().filter(f -> f.nextAt <= session.now()).ifPresent(this::retransmit);
        if (state.closeAt <= session.now()) {
            session.forget(this);
        }
    }

    // ---- octets ----

    private Bytes seal(IkeHeader header, List<Payload> payloads) {
        return seal(header, payloads, room());
    }

    private Bytes seal(IkeHeader header, List<Payload> payloads, int room) {
        DirectionKeys keys = state.keys().direction(state.originalInitiator);
        // No path cuts what travels by a stream (RFC 9329 section 7.5).
        boolean whole =
                !session.state().fragmentation || session.state().endpoints.tcp();
        int largest = whole ? MessageDecoder.MAX_MESSAGE : room;
        return Datagrams.join(present(cipher).seal(keys, state.ivs(), header, payloads, largest));
    }

    private int room() {
        return Datagrams.room(remoteAddress(), session.context().tuning().datagram());
    }

    private int leastRoom() {
        return Datagrams.leastRoom(remoteAddress());
    }

    private InetAddress remoteAddress() {
        return session.state().endpoints.remote().getAddress();
    }

    private Optional<Reassembly.Whole> open(Bytes datagram, Reassembly pieces) throws IkeProtocolException {
        return switch (unseal(datagram)) {
            case SkCipher.Opened.Genuine genuine -> Optional.of(new Reassembly.Whole(genuine.message(), datagram));
            case SkCipher.Opened.Piece piece
            when session.state().fragmentation -> pieces.add(piece, datagram, session.now());
            case SkCipher.Opened.Piece _, SkCipher.Opened.Dropped _ -> Optional.empty();
        };
    }

    private SkCipher.Opened unseal(Bytes datagram) throws IkeProtocolException {
        return present(cipher).open(state.keys().direction(!state.originalInitiator), datagram.toArray());
    }

    /** Returns the notice that a message came in. */
    public static Effect.Received received(Endpoints endpoints, IkeMessage message) {
        return new Effect.Received(endpoints, message.header().initiatorSpi(), summary(message));
    }

    /** Returns a message in words. */
    public static Effect.Summary summary(IkeMessage message) {
        return new Effect.Summary(
                message.header().exchangeType().toString(),
                message.header().response(),
                message.header().messageId(),
                labels(message.payloads()),
                1);
    }

    private static List<String> labels(List<Payload> payloads) {
        return new Labels(payloads);
    }

    private static String words(IkeProtocolException e) {
        return String.valueOf(e.getMessage());
    }

    /** SHA-256: tells identical messages from others. */
    public static Bytes digest(Bytes datagram) {
        try {
            return Bytes.of(MessageDigest.getInstance("SHA-256").digest(datagram.toArray()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static <T> T present(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("nothing is agreed yet");
        }
        return value;
    }

    @Override
    public String toString() {
        return String.format("%016x_i %016x_r", state.initiatorSpi(), state.responderSpi());
    }

    /** Occupies the window for a request whose task was dropped. */
    private static final class Ignored implements Task {
        @Override
        public void begin(IkeSa sa) {
            sa.finished(this);
        }

        @Override
        public void response(IkeSa sa, IkeMessage response) {
            sa.finished(this);
        }
    }
}
