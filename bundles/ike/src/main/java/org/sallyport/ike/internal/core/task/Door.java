package org.sallyport.ike.internal.core.task;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.ike.internal.core.CoreContext;
import org.sallyport.ike.internal.core.Datagrams;
import org.sallyport.ike.internal.core.Effect;
import org.sallyport.ike.internal.core.Event;
import org.sallyport.ike.internal.core.IkeSa;
import org.sallyport.ike.internal.core.Tuning;
import org.sallyport.ike.internal.core.state.Endpoints;
import org.sallyport.ike.internal.core.state.IkeSuite;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IkeHeader;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.MessageDecoder;
import org.sallyport.ike.internal.message.MessageEncoder;
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.message.Payload;

/**
 * Judges first requests before anything is allocated for them: cookies once many, or many of one address, are half-open
 * (RFC 7296 section 2.6), a bound on all, and refusals that need no state. Thread safe.
 */
public final class Door {
    /** What is done with a first request. */
    public sealed interface Judgement {
        /** Nothing. */
        record Ignore() implements Judgement {}

        /** It is answered, and forgotten; people may learn why. */
        record Reply(List<Bytes> datagrams, Optional<Effect.IkeFailed> why) implements Judgement {}

        /** It belongs to the session with this SPI: a retransmission. */
        record Known(long localSpi) implements Judgement {}

        /** A session with this SPI begins; {@link #settled} ends what is counted for it. */
        record Admit(long localSpi, Event.Admitted first) implements Judgement {}
    }

    private record HalfOpen(Bytes digest, InetAddress address) {}

    private static final int REFUSALS_PER_SECOND = 200;
    private static final int STRAYS_PER_SECOND = 20;
    /** Whoever spoofs can bring it about: enough to see what is wrong, too few to hide anything else. */
    private static final int TOLD_PER_SECOND = 1;

    private static final int LONGEST_OFFER = 200;
    private static final Judgement IGNORE = new Judgement.Ignore();

    private final CoreContext context;
    private final Cookies cookies;
    private final Map<Bytes, Long> byDigest = new HashMap<>();
    private final Map<Long, HalfOpen> halfOpen = new HashMap<>();
    private final Map<InetAddress, Integer> byAddress = new HashMap<>();
    private final RateLimit refusals = new RateLimit(REFUSALS_PER_SECOND);
    private final RateLimit strays = new RateLimit(STRAYS_PER_SECOND);
    private final LastAnswers lastAnswers = new LastAnswers();
    private final RateLimit told = new RateLimit(TOLD_PER_SECOND);

    public Door(CoreContext context) {
        this.context = context;
        this.cookies = new Cookies(context);
    }

    /** Judges a request of the IKE_SA_INIT exchange. */
    public synchronized Judgement judge(Endpoints endpoints, Bytes datagram, long now) {
        Long known = byDigest.get(IkeSa.digest(datagram));
        if (known != null) {
            return new Judgement.Known(known);
        }
        try {
            IkeMessage request = MessageDecoder.decode(datagram.toArray());
            if (request.header().responderSpi() != 0 || request.header().messageId() != 0) {
                return IGNORE;
            }
            return judge(endpoints, datagram, request, now);
        } catch (IkeProtocolException e) {
            return mistaken(datagram, e, now);
        }
    }

    private Judgement mistaken(Bytes datagram, IkeProtocolException mistake, long now) {
        boolean worthAWord = mistake.type().equals(NotifyType.INVALID_MAJOR_VERSION)
                || mistake.type().equals(NotifyType.UNSUPPORTED_CRITICAL_PAYLOAD);
        if (!worthAWord || !refusals.allows(now)) {
            return IGNORE;
        }
        try {
            return reply(MessageDecoder.decodeHeader(datagram.toArray()), mistake.toNotify());
        } catch (IkeProtocolException shorterThanAHeader) {
            return IGNORE;
        }
    }

    private Judgement judge(Endpoints endpoints, Bytes datagram, IkeMessage request, long now)
            throws IkeProtocolException {
        InetAddress address = endpoints.remote().getAddress();
        Bytes ni = request.only(Payload.Nonce.class).value();
        Tuning tuning = context.tuning();
        int mine = byAddress.getOrDefault(address, 0);
        // Who has a TCP connection has proven its address by that (RFC 9329 section 6.3).
        boolean suspicious =
                !endpoints.tcp() && (halfOpen.size() >= tuning.cookieThreshold() || mine >= tuning.cookiePerAddress());
        if (suspicious && !cookies.proven(request, ni, address, now)) {
            Bytes cookie = cookies.make(request.header().initiatorSpi(), ni, address, now);
            return reply(request.header(), Payload.Notify.of(NotifyType.COOKIE, cookie));
        }
        if (halfOpen.size() >= tuning.maxHalfOpen() || mine >= tuning.maxPerAddress()) {
            return IGNORE;
        }
        return choose(endpoints, datagram, request, now);
    }

    private Judgement choose(Endpoints endpoints, Bytes datagram, IkeMessage request, long now)
            throws IkeProtocolException {
        Payload.KeyExchange ke = request.only(Payload.KeyExchange.class);
        List<PadEntry> candidates = context.pad().candidates(endpoints.remote().getAddress());
        List<Proposal> ours = candidates.stream()
                .map(PadEntry::ikeProposals)
                .flatMap(List::stream)
                .distinct()
                .toList();
        Optional<Offers.Choice<IkeSuite>> choice =
                Offers.chooseIke(context.crypto(), ours, request.only(Payload.SecurityAssociation.class), ke.method());
        if (choice.isEmpty()) {
            Payload.Notify refused = Payload.Notify.of(NotifyType.NO_PROPOSAL_CHOSEN);
            return refusal(request, refused, told(endpoints, request, candidates, ours, now), now);
        }
        IkeSuite suite = choice.get().suite();
        if (suite.keyExchange() != ke.method()) {
            return refusal(request, ChildAnswer.invalidKeyExchange(suite.keyExchange()), Optional.empty(), now);
        }
        long localSpi = newSpi();
        InetAddress address = endpoints.remote().getAddress();
        Bytes digest = IkeSa.digest(datagram);
        byDigest.put(digest, localSpi);
        halfOpen.put(localSpi, new HalfOpen(digest, address));
        byAddress.merge(address, 1, Integer::sum);
        return new Judgement.Admit(
                localSpi,
                new Event.Admitted(
                        endpoints, request, datagram, suite, choice.get().number()));
    }

    private long newSpi() {
        long spi = 0;
        while (spi == 0) {
            spi = context.random().nextLong();
        }
        return spi;
    }

    private Optional<Effect.IkeFailed> told(
            Endpoints endpoints, IkeMessage request, List<PadEntry> candidates, List<Proposal> ours, long now)
            throws IkeProtocolException {
        if (!told.allows(now)) {
            return Optional.empty();
        }
        String peer = endpoints.remoteText();
        String offer = Offers.words(request.only(Payload.SecurityAssociation.class));
        Reason reason = ours.isEmpty()
                ? Reason.of(ReasonCode.UNKNOWN_ADDRESS, peer)
                : Reason.of(
                        ReasonCode.NO_PROPOSAL_CHOSEN,
                        peer,
                        offer.length() > LONGEST_OFFER ? offer.substring(0, LONGEST_OFFER) + "…" : offer,
                        Offers.words(ours));
        return Optional.of(new Effect.IkeFailed(peer, Likely.connections(candidates), false, reason));
    }

    private Judgement refusal(IkeMessage request, Payload.Notify notify, Optional<Effect.IkeFailed> why, long now) {
        return refusals.allows(now) ? reply(request.header(), notify, why) : IGNORE;
    }

    private static Judgement reply(IkeHeader header, Payload.Notify notify) {
        return reply(header, notify, Optional.empty());
    }

    private static Judgement reply(IkeHeader header, Payload.Notify notify, Optional<Effect.IkeFailed> why) {
        IkeHeader answer = new IkeHeader(
                header.initiatorSpi(), 0, ExchangeType.IKE_SA_INIT, false, true, false, header.messageId());
        return reply(new IkeMessage(answer, List.of(notify)), why);
    }

    private static Judgement reply(IkeMessage answer, Optional<Effect.IkeFailed> why) {
        return new Judgement.Reply(List.of(Bytes.of(MessageEncoder.encode(answer))), why);
    }

    /** An IKE SA is over: what it answered is answered again for a while. */
    public synchronized void answerAgain(Effect.AnswerAgain answers, long now) {
        lastAnswers.remember(answers.localSpi(), answers.answers(), answers.until(), now);
    }

    /**
     * Judges a request for an IKE SA that is not there: it was answered before, or its sender, if it is genuine, has lost us and may learn it (RFC
     * 7296 section 2.21.4). Bounded, because whoever spoofs makes us answer somebody else.
     */
    public synchronized Judgement judgeUnknown(IkeHeader request, Bytes datagram, long now) {
        if (request.response()) {
            return IGNORE;
        }
        long localSpi = request.fromInitiator() ? request.responderSpi() : request.initiatorSpi();
        Optional<Bytes> before = lastAnswers.again(localSpi, request.messageId(), datagram, now);
        if (before.isPresent()) {
            return new Judgement.Reply(Datagrams.split(before.get()), Optional.empty());
        }
        if (!strays.allows(now)) {
            return IGNORE;
        }
        IkeHeader answer = new IkeHeader(
                request.initiatorSpi(),
                request.responderSpi(),
                request.exchangeType(),
                !request.fromInitiator(),
                true,
                false,
                request.messageId());
        Payload notify = Payload.Notify.of(NotifyType.INVALID_IKE_SPI);
        return reply(new IkeMessage(answer, List.of(notify)), Optional.empty());
    }

    /** A session is no longer half-open: the peer is authenticated, or it is over. */
    public synchronized void settled(long localSpi) {
        HalfOpen was = halfOpen.remove(localSpi);
        if (was != null) {
            byDigest.remove(was.digest());
            byAddress.computeIfPresent(was.address(), (address, count) -> count > 1 ? count - 1 : null);
        }
    }

    /** Returns how many sessions are half-open. */
    public synchronized int halfOpen() {
        return halfOpen.size();
    }
}
