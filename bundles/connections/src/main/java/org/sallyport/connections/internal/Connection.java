package org.sallyport.connections.internal;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sallyport.api.admin.ConnectionNote;
import org.sallyport.api.admin.ConnectionView;
import org.sallyport.api.negotiation.ConnectionEvent;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.negotiation.Start;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.sa.SpiKey;

/** What is known of one connection. Not thread safe: {@link Connections} guards it. */
final class Connection {
    private static final int REMEMBERED = 200;
    /** Anybody can be refused: what became of the peer itself must not be pushed out by it. */
    private static final int REFUSALS_REMEMBERED = 50;

    final BackOff backOff;
    private final Set<String> ikeSas = new HashSet<>();
    private final Map<String, Set<SpiKey>> pairs = new HashMap<>();
    private final Map<String, Reason> failures = new HashMap<>();
    private final Deque<ConnectionNote> history = new ArrayDeque<>();
    private PadEntry peer;
    private List<Policy> policies;
    private Optional<Reason> trouble = Optional.empty();
    private Optional<Reason> lastEnd = Optional.empty();
    private Optional<Reason> lastRefusal = Optional.empty();
    private Optional<Reason> logged = Optional.empty();
    private Standing standing;
    private Instant since;
    private Optional<Instant> nextTry = Optional.empty();
    private boolean trying;
    private Optional<String> takenDown = Optional.empty();

    Connection(PadEntry peer, List<Policy> policies, BackOff backOff, Instant now) {
        this.peer = peer;
        this.policies = policies;
        this.backOff = backOff;
        this.since = now;
        this.standing = Standing.of(facts());
    }

    PadEntry peer() {
        return peer;
    }

    /** A new generation is in force. */
    void configure(PadEntry newPeer, List<Policy> newPolicies) {
        if (newPeer.start() != peer.start()) {
            takenDown = Optional.empty();
        }
        peer = newPeer;
        policies = newPolicies;
        failures.keySet().retainAll(newPolicies.stream().map(Policy::name).toList());
    }

    // ---- what happens ----

    void happened(ConnectionEvent event, Instant now) {
        switch (event.kind()) {
            case IKE_UP -> {
                ikeSas.add(event.subject());
                trouble = Optional.empty();
                takenDown = Optional.empty();
                lastRefusal = Optional.empty();
            }
            case IKE_DOWN -> {
                ikeSas.remove(event.subject());
                lastEnd = event.reason();
                troubled(event);
            }
            case IKE_FAILED -> troubled(event);
            case IKE_REFUSED -> refused(event);
            case CHILD_UP, CHILD_REKEYED -> event.policy().ifPresent(failures::remove);
            case CHILD_FAILED ->
                event.policy().ifPresent(p -> event.reason()
                        .filter(Connection::isTrouble)
                        .ifPresent(reason -> failures.put(p, reason)));
            case IKE_REKEYED, CHILD_DOWN -> {}
        }
        logged = event.reason().or(() -> logged);
        note(now, EventWords.of(event), event.reason().map(Reason::text).orElse(""));
    }

    /** While another IKE SA stands, the end of one is no trouble: a peer that started anew supersedes its older ones. */
    private void troubled(ConnectionEvent event) {
        if (ikeSas.isEmpty()) {
            trouble = event.reason().filter(Connection::isTrouble);
        }
    }

    /** Whoever came has proven nothing, and so changes no state. */
    private void refused(ConnectionEvent event) {
        lastRefusal = event.reason();
        String what = EventWords.of(event);
        if (history.stream().filter(note -> note.what().equals(what)).count() >= REFUSALS_REMEMBERED) {
            history.removeLastOccurrence(history.reversed().stream()
                    .filter(note -> note.what().equals(what))
                    .findFirst()
                    .orElseThrow());
        }
    }

    /** An end that was meant, by either side, is no trouble. */
    private static boolean isTrouble(Reason reason) {
        return switch (reason.code()) {
            case DELETED_BY_ADMINISTRATOR,
                    DELETED_BY_PEER,
                    UNNEEDED,
                    CANCELLED,
                    REKEYED,
                    REAUTHENTICATED,
                    SUPERSEDED,
                    PEER_GONE,
                    POLICY_GONE,
                    SHUTTING_DOWN -> false;
            default -> true;
        };
    }

    void note(Instant now, String what, String reason) {
        history.addFirst(new ConnectionNote(now, what, reason));
        if (history.size() > REMEMBERED) {
            history.removeLast();
        }
    }

    /** Takes over which IKE SAs stand, as their negotiators list them. */
    void standingIkeSas(Set<String> names) {
        ikeSas.clear();
        ikeSas.addAll(names);
    }

    void pairUp(String policy, SpiKey inbound) {
        pairs.computeIfAbsent(policy, p -> new HashSet<>()).add(inbound);
    }

    void pairDown(String policy, SpiKey inbound) {
        pairs.computeIfPresent(policy, (p, spis) -> {
            spis.remove(inbound);
            return spis.isEmpty() ? null : spis;
        });
    }

    void noPairs() {
        pairs.clear();
    }

    // ---- what is to be done ----

    /** Returns the policies without a pair that can be negotiated without a flow. */
    List<Policy> missing() {
        return policies.stream()
                .filter(p -> p.pfp().isEmpty() && !pairs.containsKey(p.name()))
                .toList();
    }

    /** Tells whether a try is to be planned. */
    boolean wantsTry() {
        return startsByItself() && !trying && nextTry.isEmpty() && !missing().isEmpty();
    }

    boolean startsByItself() {
        return peer.start() == Start.AT_START && takenDown.isEmpty();
    }

    void planned(Instant at) {
        nextTry = Optional.of(at);
    }

    /** The planned try begins; false when there is nothing to try any more. */
    boolean begin() {
        nextTry = Optional.empty();
        trying = startsByItself() && !missing().isEmpty();
        return trying;
    }

    void ended() {
        trying = false;
    }

    void failed(String policy, Reason reason) {
        if (isTrouble(reason)) {
            failures.put(policy, reason);
        }
    }

    void takenDown(String who) {
        takenDown = Optional.of(who);
        failures.clear();
        trouble = Optional.empty();
    }

    void broughtUp() {
        takenDown = Optional.empty();
        backOff.reset();
    }

    // ---- how it stands ----

    /** Judges anew; returns the standing if its state changed. */
    Optional<Standing> judge(Instant now) {
        Standing before = standing;
        standing = Standing.of(facts());
        if (standing.state() == before.state()) {
            return Optional.empty();
        }
        since = now;
        return Optional.of(standing);
    }

    /** Tells whether who made it so has put the reason into the log already. */
    boolean isLogged(Standing standing) {
        return logged.filter(r -> standing.reason().endsWith(r.text())).isPresent();
    }

    private Standing.Facts facts() {
        Optional<Reason> failure = trouble.or(() -> failures.values().stream().findFirst());
        return new Standing.Facts(
                peer.start(),
                takenDown,
                ikeSas.size(),
                policies.size(),
                standingPolicies(),
                failure,
                lastEnd,
                lastRefusal);
    }

    private int standingPolicies() {
        return (int) policies.stream().filter(p -> pairs.containsKey(p.name())).count();
    }

    ConnectionView view() {
        return new ConnectionView(
                peer.connection().name(),
                standing.state(),
                standing.reason(),
                since,
                EventWords.of(peer.start()),
                ikeSas.size(),
                policies.size(),
                standingPolicies(),
                nextTry);
    }

    List<ConnectionNote> history() {
        return List.copyOf(history);
    }
}
