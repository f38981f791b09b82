package org.sallyport.ike.internal.core.task;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.sallyport.api.flow.HostPair;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.policy.Action;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.IpsecMode;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.Share;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.KeyExchange;
import org.sallyport.crypto.UnavailableTransformException;
import org.sallyport.ike.internal.core.Effect;
import org.sallyport.ike.internal.core.IkeSa;
import org.sallyport.ike.internal.core.Question;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.core.state.ChildStatus;
import org.sallyport.ike.internal.core.state.ChildSuite;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.message.Payload;

/**
 * The Child SA part of a peer's request, in IKE_AUTH and in CREATE_CHILD_SA alike: which policy, which proposal, which
 * selectors (RFC 7296 sections 1.2, 1.3 and 2.9).
 */
final class ChildAnswer {
    /** What becomes of the request. */
    sealed interface Result {
        /**
         * A pair stands, ready to receive.
         *
         * @param payloads SA, nonce and KE where the exchange has them, selectors
         */
        record Agreed(ChildState child, List<Payload> payloads) implements Result {}

        /** There is none. */
        record Refused(Payload.Notify answer, Reason reason) implements Result {}
    }

    private record Terms(
            Policy policy,
            Selectors selectors,
            boolean additional,
            Optional<HostPair> originals,
            Offers.Choice<ChildSuite> choice,
            IpsecMode mode,
            Optional<Share> share) {}

    /** A policy and what of the request it allows, with the hosts as the peer sees them. */
    private record Entry(SelectorPayloads.Narrowed narrowed, Optional<HostPair> originals) {}

    /** What policies call this negotiator: those of others are not ours to serve. */
    private static final String NEGOTIATOR = "ikev2";

    private final IkeSa sa;
    private final Session session;
    private final IkeMessage request;
    private final Optional<ChildState> rekeyed;
    private final boolean inAuth;
    private final Consumer<Result> then;

    private ChildAnswer(
            IkeSa sa, IkeMessage request, Optional<ChildState> rekeyed, boolean inAuth, Consumer<Result> then) {
        this.sa = sa;
        this.session = sa.session();
        this.request = request;
        this.rekeyed = rekeyed;
        this.inAuth = inAuth;
        this.then = then;
    }

    /**
     * Answers a request.
     *
     * @param rekeyed the pair that is to be replaced
     * @param inAuth whether the exchange is IKE_AUTH, which brings nonces and keys with it
     * @throws IkeProtocolException when the request cannot be read
     */
    static void answer(
            IkeSa sa, IkeMessage request, Optional<ChildState> rekeyed, boolean inAuth, Consumer<Result> then)
            throws IkeProtocolException {
        new ChildAnswer(sa, request, rekeyed, inAuth, then).answer();
    }

    private void answer() throws IkeProtocolException {
        Payload.SecurityAssociation offer = request.only(Payload.SecurityAssociation.class);
        List<TrafficSelector> theirs = selectors(true);
        List<TrafficSelector> local = selectors(false);
        PadEntry peer = session.peer().orElseThrow();
        boolean pooled = !peer.pools().isEmpty();
        List<InetAddress> leased = session.state().hostConfiguration().addresses();
        if (pooled && leased.isEmpty()) {
            refuse(NotifyType.FAILED_CP_REQUIRED, Reason.of(ReasonCode.ADDRESS_NOT_REQUESTED, session.peerName()));
            return;
        }
        List<TrafficSelector> remote = pooled ? AssignedSelectors.within(theirs, leased) : theirs;
        String asked = words(local) + " === " + words(theirs);
        boolean transport = request.notify(NotifyType.USE_TRANSPORT_MODE).isPresent();
        Optional<Entry> entry = transport && !pooled ? transportEntry(peer, local, remote) : Optional.empty();
        if (entry.isEmpty()) {
            Predicate<Policy> possible = p -> !transport || p.mode() == IpsecMode.TUNNEL;
            entry = entry(peer, possible, local, remote, Optional.empty());
        }
        if (entry.isEmpty()) {
            refuse(NotifyType.TS_UNACCEPTABLE, Reason.of(ReasonCode.TS_UNACCEPTABLE, session.peerName(), asked));
            return;
        }
        Selectors selectors = entry.get().narrowed().selectors();
        Policy policy = entry.get().narrowed().policy();
        if (rekeyed.isEmpty() && SelectorPayloads.isTooWide(policy, local.getFirst(), remote.getFirst())) {
            refuse(NotifyType.SINGLE_PAIR_REQUIRED, Reason.of(ReasonCode.TS_UNACCEPTABLE, session.peerName(), asked));
            return;
        }
        if (!peer.permits(selectors)) {
            refuse(NotifyType.TS_UNACCEPTABLE, Reason.of(ReasonCode.PAD_FORBIDS, selectors, session.peerName()));
            return;
        }
        if (policy.mode() == IpsecMode.TRANSPORT && !transport) {
            refuse(NotifyType.NO_PROPOSAL_CHOSEN, ChildRequest.modeDiffers(session, IpsecMode.TUNNEL, policy.name()));
            return;
        }
        Optional<Reason> impossible = ChildRequest.throughTranslator(session, policy);
        if (impossible.isPresent()) {
            refuse(NotifyType.NO_PROPOSAL_CHOSEN, impossible.get());
            return;
        }
        List<Proposal> ours = Offers.childProposals(policy.proposals(), !inAuth);
        int offeredMethod = request.first(Payload.KeyExchange.class)
                .map(Payload.KeyExchange::method)
                .orElse(0);
        Optional<Offers.Choice<ChildSuite>> choice =
                Offers.chooseChild(session.context().crypto(), policy.ipsecProtocol(), ours, offer, offeredMethod);
        if (choice.isEmpty()) {
            refuse(
                    NotifyType.NO_PROPOSAL_CHOSEN,
                    Reason.of(
                            ReasonCode.NO_PROPOSAL_CHOSEN,
                            session.peerName(),
                            Offers.words(offer),
                            Offers.words(ours)));
            return;
        }
        int method = choice.get().suite().keyExchange();
        if (method != 0 && method != offeredMethod) {
            refuse(
                    invalidKeyExchange(method),
                    Reason.of(
                            ReasonCode.PEER_PROTOCOL_ERROR,
                            session.peerName(),
                            "it sent a value of another key exchange"));
            return;
        }
        Optional<ChildState> beside = beside(policy, selectors);
        if (beside.isPresent() && beside.get().status != ChildStatus.ACTIVE) {
            refuse(
                    NotifyType.TEMPORARY_FAILURE,
                    Reason.of(
                            ReasonCode.PEER_PROTOCOL_ERROR,
                            session.peerName(),
                            "it wants a Child SA beside one that does not send yet"));
            return;
        }
        OptionalInt number = beside.isEmpty()
                ? OptionalInt.empty()
                : session.children().shares().free(beside.get().lineage);
        if (beside.isPresent() && number.isEmpty()) {
            refuse(
                    NotifyType.TS_MAX_QUEUE,
                    Reason.of(ReasonCode.LIMIT_REACHED, "further Child SAs for the same selectors", Share.MOST));
            return;
        }
        reserve(new Terms(
                policy,
                selectors,
                entry.get().narrowed().additional(),
                entry.get().originals(),
                choice.get(),
                policy.mode(),
                rekeyed.isPresent() ? rekeyed.get().share : beside.map(b -> new Share(number.getAsInt(), b.lineage))));
    }

    /** Finds the pair beside which the peer wants a further one (RFC 9611); empty when it wants an ordinary one. */
    private Optional<ChildState> beside(Policy policy, Selectors selectors) {
        return rekeyed.isEmpty() && several()
                ? session.children().shares().ordinary(policy.name(), selectors)
                : Optional.empty();
    }

    /** What the peer calls its resource is nothing to us: it says so for people who look for a fault. */
    private boolean several() {
        return request.notify(NotifyType.SA_RESOURCE_INFO).isPresent();
    }

    /**
     * Finds the entry for a request in transport mode: by the hosts as we see them, and only if it allows that mode (RFC
     * 7296 section 2.23.1). A successor is for the hosts of its predecessor, also when the peer's address has changed.
     */
    private Optional<Entry> transportEntry(PadEntry peer, List<TrafficSelector> local, List<TrafficSelector> remote) {
        if (local.isEmpty() || remote.isEmpty()) {
            return Optional.empty();
        }
        return rekeyed.flatMap(old -> old.selectors.hosts())
                .or(() -> TransportHosts.of(session.state()))
                .flatMap(actual -> TransportHosts.substitute(session.state(), new Selectors(local, remote), actual))
                .flatMap(seen -> entry(
                        peer,
                        policy -> true,
                        seen.selectors().local(),
                        seen.selectors().remote(),
                        seen.originals()))
                .filter(e -> e.narrowed().policy().mode() == IpsecMode.TRANSPORT);
    }

    private Optional<Entry> entry(
            PadEntry peer,
            Predicate<Policy> possible,
            List<TrafficSelector> local,
            List<TrafficSelector> remote,
            Optional<HostPair> originals) {
        List<Policy> policies = policies(peer).stream().filter(possible).toList();
        return SelectorPayloads.narrow(policies, bounded(local, true), bounded(remote, false))
                .map(narrowed -> new Entry(narrowed, originals));
    }

    static Payload.Notify invalidKeyExchange(int method) {
        return Payload.Notify.of(NotifyType.INVALID_KE_PAYLOAD, Bytes.of((byte) (method >> Byte.SIZE), (byte) method));
    }

    private List<TrafficSelector> selectors(boolean ofInitiator) throws IkeProtocolException {
        List<Payload.TrafficSelectors> found = request.all(Payload.TrafficSelectors.class)
                .filter(ts -> ts.ofInitiator() == ofInitiator)
                .toList();
        if (found.size() != 1) {
            throw IkeProtocolException.invalidSyntax("a Child SA is asked for without selectors");
        }
        return SelectorPayloads.read(found.getFirst());
    }

    /** A successor is never for more than its predecessor. */
    private List<TrafficSelector> bounded(List<TrafficSelector> asked, boolean local) {
        if (rekeyed.isEmpty()) {
            return asked;
        }
        Selectors old = rekeyed.get().selectors;
        List<TrafficSelector> bounds = local ? old.local() : old.remote();
        return asked.stream()
                .flatMap(a -> bounds.stream().flatMap(b -> b.intersect(a).stream()))
                .distinct()
                .toList();
    }

    private List<Policy> policies(PadEntry peer) {
        return session.context().spd().current().policies().stream()
                .filter(p -> p.action() == Action.PROTECT)
                .filter(p -> p.peer().equals(Optional.of(peer.connection())))
                .filter(p -> p.negotiator().equals(NEGOTIATOR))
                .filter(p -> rekeyed.isEmpty() || p.name().equals(rekeyed.get().policy))
                .toList();
    }

    private void reserve(Terms terms) {
        Consumer<Reason> refused = reason -> refuse(NotifyType.NO_ADDITIONAL_SAS, reason);
        IpsecProtocol protocol = terms.policy().ipsecProtocol();
        if (session.state().children.size() >= session.context().tuning().maxChildren()) {
            refused.accept(Reason.of(
                    ReasonCode.LIMIT_REACHED,
                    "Child SAs under one IKE SA",
                    session.context().tuning().maxChildren()));
        } else if (rekeyed.isPresent()) {
            session.ask(new Question.ReserveSpi(rekeyed.get().lineage, protocol), r -> install(terms, r), refused);
        } else {
            session.ask(
                    new Question.OpenLineage(session.state().id().orElseThrow(), protocol),
                    r -> install(terms, r),
                    refused);
        }
    }

    private void install(Terms terms, Question.Reserved reserved) {
        ChildState child = new ChildState(
                reserved.lineage(),
                reserved.inbound().spi(),
                Spis.number(terms.choice().spi()),
                terms.policy().name(),
                terms.selectors(),
                terms.choice().suite(),
                terms.mode());
        child.originals = terms.originals();
        child.paddingRefused = ChildRequest.refusesPadding(request);
        child.share = terms.share();
        try (Keying keying = keying(terms)) {
            List<Payload> payloads = payloads(terms, reserved, keying);
            ChildPairs.install(
                    sa,
                    child,
                    keying.material(),
                    false,
                    pair -> then.accept(new Result.Agreed(pair, payloads)),
                    reason -> refuse(notifyFor(reason), reason));
        } catch (IkeProtocolException e) {
            session.emit(new Effect.Delete(reserved.inbound(), Reason.of(ReasonCode.CANCELLED)));
            then.accept(new Result.Refused(
                    e.toNotify(),
                    Reason.of(ReasonCode.PEER_PROTOCOL_ERROR, session.peerName(), String.valueOf(e.getMessage()))));
        }
    }

    private static NotifyType notifyFor(Reason reason) {
        return switch (reason.code()) {
            case PAD_FORBIDS, TS_UNACCEPTABLE -> NotifyType.TS_UNACCEPTABLE;
            case LIMIT_REACHED -> NotifyType.NO_ADDITIONAL_SAS;
            case DATA_PLANE_ABSENT, INTERNAL_ERROR -> NotifyType.TEMPORARY_FAILURE;
            default -> NotifyType.NO_PROPOSAL_CHOSEN;
        };
    }

    /** Nonces, a shared secret, and what of them is sent. */
    private record Keying(ChildPairs.Material material, List<Payload> payloads) implements AutoCloseable {
        @Override
        public void close() {
            material.shared().ifPresent(SecretBytes::close);
        }
    }

    private Keying keying(Terms terms) throws IkeProtocolException {
        if (inAuth) {
            return new Keying(new ChildPairs.Material(sa.init().ni(), sa.init().nr(), Optional.empty()), List.of());
        }
        Bytes ni = request.only(Payload.Nonce.class).value();
        Bytes nr = ChildRequest.newNonce(session);
        if (terms.choice().suite().keyExchange() == 0) {
            return new Keying(new ChildPairs.Material(ni, nr, Optional.empty()), List.of(new Payload.Nonce(nr)));
        }
        Payload.KeyExchange theirs = request.only(Payload.KeyExchange.class);
        try (KeyExchange.Response response = KeyShare.respond(session, theirs)) {
            Payload ke = new Payload.KeyExchange(theirs.method(), Bytes.of(response.publicValue()));
            SecretBytes shared = response.sharedSecret().copy();
            return new Keying(new ChildPairs.Material(ni, nr, Optional.of(shared)), List.of(new Payload.Nonce(nr), ke));
        } catch (UnavailableTransformException e) {
            throw new IkeProtocolException(NotifyType.NO_PROPOSAL_CHOSEN, String.valueOf(e.getMessage()));
        }
    }

    private List<Payload> payloads(Terms terms, Question.Reserved reserved, Keying keying) {
        List<Payload> payloads = new ArrayList<>(ChildRequest.modeNotifies(terms.mode()));
        if (rekeyed.isEmpty() && several()) {
            payloads.add(Payload.Notify.of(NotifyType.SA_RESOURCE_INFO));
        }
        payloads.add(Offers.chosenChild(
                terms.choice().suite(),
                terms.choice().number(),
                Spis.bytes(reserved.inbound().spi())));
        payloads.addAll(keying.payloads());
        payloads.addAll(SelectorPayloads.payloads(terms.selectors(), Optional.empty(), false));
        if (terms.additional()) {
            payloads.add(Payload.Notify.of(NotifyType.ADDITIONAL_TS_POSSIBLE)); // RFC 7296 section 2.9
        }
        return payloads;
    }

    private void refuse(NotifyType type, Reason reason) {
        refuse(Payload.Notify.of(type), reason);
    }

    private void refuse(Payload.Notify notify, Reason reason) {
        then.accept(new Result.Refused(notify, reason));
    }

    private static String words(List<TrafficSelector> selectors) {
        return String.join(
                ",", selectors.stream().map(TrafficSelector::toString).toList());
    }
}
