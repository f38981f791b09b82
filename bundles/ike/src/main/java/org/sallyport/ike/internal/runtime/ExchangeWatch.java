package org.sallyport.ike.internal.runtime;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.sallyport.api.negotiation.ObservedExchange;
import org.sallyport.api.negotiation.ObservedExchange.Outcome;
import org.sallyport.api.reason.Reason;
import org.sallyport.ike.internal.core.Effect;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.core.state.Endpoints;
import org.sallyport.ike.internal.message.NotifyType;

/** Puts the requests and responses of one session together to exchanges. Used by one thread at a time. */
final class ExchangeWatch {
    /** Requests without a response that are remembered: more than any window has. */
    private static final int MOST_OPEN = 64;

    private static final String FRAGMENT = "SKF(";
    private static final String FIRST_FRAGMENT = "SKF(1/";
    private static final Set<String> ERRORS =
            NotifyType.errors().stream().map(name -> "N(" + name + ")").collect(Collectors.toSet());
    private static final String UNKNOWN_ERROR = "N(ERROR_";

    private record Key(long initiatorSpi, boolean ours, long messageId) {}

    /** A request that has no response yet. */
    private record Open(Endpoints endpoints, Effect.Summary request, Instant began, long at) {}

    private final Session session;
    private final BooleanSupplier wanted;
    private final Consumer<ObservedExchange> told;
    private final Map<Key, Open> open = new LinkedHashMap<>();
    private final Map<Key, Integer> transmissions = new LinkedHashMap<>();
    private boolean silence;

    /**
     * Starts.
     *
     * @param wanted tells whether anybody observes just now
     * @param told hears of each exchange that is over
     */
    ExchangeWatch(Session session, BooleanSupplier wanted, Consumer<ObservedExchange> told) {
        this.session = session;
        this.wanted = wanted;
        this.told = told;
    }

    void sent(Effect.Send send, long now) {
        if (!wanted.getAsBoolean() || furtherFragment(send.summary())) {
            return;
        }
        Effect.Summary summary = send.summary();
        Key key = new Key(initiatorSpi(send), !summary.response(), summary.messageId());
        if (summary.response()) {
            over(key, plain(summary.payloads()), now);
            return;
        }
        transmissions.put(key, summary.transmission());
        if (summary.transmission() == 1) {
            end(key, Outcome.ABANDONED, List.of(), now); // replaced: a cookie, or another key exchange
            begin(key, send.endpoints(), summary, now);
        }
    }

    void received(Effect.Received received, long now) {
        if (!wanted.getAsBoolean()) {
            return;
        }
        Effect.Summary summary = received.summary();
        Key key = new Key(received.initiatorSpi(), summary.response(), summary.messageId());
        if (summary.response()) {
            over(key, plain(summary.payloads()), now);
        } else {
            begin(key, received.endpoints(), summary, now);
        }
    }

    private void begin(Key key, Endpoints endpoints, Effect.Summary request, long now) {
        if (open.size() < MOST_OPEN) {
            open.put(key, new Open(endpoints, request, Instant.now(), now));
            transmissions.putIfAbsent(key, 1);
        }
    }

    /** The session ended, and why: only silence is a response that never came. */
    void ended(Reason reason) {
        silence = switch (reason.code()) {
            case PEER_UNREACHABLE, PEER_DEAD -> true;
            default -> false;
        };
    }

    /** Nothing will be answered any more. */
    void finished(long now) {
        for (Key key : List.copyOf(open.keySet())) {
            end(key, silence && key.ours() ? Outcome.UNANSWERED : Outcome.ABANDONED, List.of(), now);
        }
        transmissions.clear();
    }

    private void over(Key key, List<String> response, long now) {
        boolean refused = response.stream().anyMatch(l -> ERRORS.contains(l) || l.startsWith(UNKNOWN_ERROR));
        end(key, refused ? Outcome.REFUSED : Outcome.ANSWERED, response, now);
    }

    private void end(Key key, Outcome outcome, List<String> response, long now) {
        Open request = open.remove(key);
        int sent = transmissions.getOrDefault(key, 1);
        if (outcome != Outcome.ABANDONED) {
            transmissions.remove(key);
        }
        if (request == null) {
            return;
        }
        ObservedExchange.Builder exchange = ObservedExchange.builder()
                .peer(session.peerName())
                .initiatorSpi(key.initiatorSpi())
                .path(request.endpoints().local(), request.endpoints().remote())
                .exchange(request.request().exchange())
                .messageId(key.messageId())
                .ours(key.ours())
                .request(plain(request.request().payloads()))
                .response(response)
                .outcome(outcome)
                .retransmissions(sent - 1)
                .began(request.began())
                .took(Duration.ofNanos(Math.max(0, now - request.at())));
        session.state().id().ifPresent(exchange::ikeSa);
        told.accept(exchange.build());
    }

    private static boolean furtherFragment(Effect.Summary summary) {
        return summary.payloads().size() == 1
                && summary.payloads().getFirst().startsWith(FRAGMENT)
                && !summary.payloads().getFirst().startsWith(FIRST_FRAGMENT);
    }

    private static List<String> plain(List<String> payloads) {
        return payloads.stream().filter(p -> !p.startsWith(FRAGMENT)).toList();
    }

    private static long initiatorSpi(Effect.Send send) {
        long spi = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            spi = spi << Byte.SIZE | send.message().get(i);
        }
        return spi;
    }
}
