package org.sallyport.ike.internal.core.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.HostPair;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.IpsecMode;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.ike.internal.core.Effect;
import org.sallyport.ike.internal.core.IkeSa;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.core.state.ChildSuite;
import org.sallyport.ike.internal.core.state.TaskRecord;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.message.Payload;
import org.sallyport.ike.internal.message.ProtocolId;

/**
 * The Child SA part of a request of ours, in IKE_AUTH and in CREATE_CHILD_SA alike: what was offered, and what becomes of
 * the answer (RFC 7296 sections 1.2, 1.3.1 and 2.9).
 */
final class ChildRequest {
    private final Session session;
    private final TaskRecord.Child asked;
    private final List<Proposal> offered;
    private final IpsecMode mode;
    private final boolean several;

    /**
     * @param several whether it is one of several for the same selectors, or may become so (RFC 9611)
     */
    ChildRequest(Session session, TaskRecord.Child asked, List<Proposal> offered, IpsecMode mode, boolean several) {
        this.session = session;
        this.asked = asked;
        this.offered = offered;
        this.mode = mode;
        this.several = several;
    }

    /** The request for a pair under a policy; in IKE_AUTH without a key exchange. */
    static ChildRequest of(Session session, TaskRecord.Child asked, Policy policy, boolean inAuth) {
        boolean several = asked.rekeyed().isEmpty()
                && (asked.share().isPresent() || policy.sharing().any());
        return new ChildRequest(
                session, asked, Offers.childProposals(policy.proposals(), !inAuth), policy.mode(), several);
    }

    /**
     * Limits what is asked for under a policy to what its mode can carry: with transport mode the two hosts between which
     * the IKE SA runs (RFC 7296 section 2.23.1).
     */
    static Optional<Selectors> limit(Session session, Policy policy, Selectors selectors) {
        if (policy.mode() == IpsecMode.TUNNEL) {
            return Optional.of(selectors);
        }
        return TransportHosts.of(session.state()).flatMap(hosts -> TransportHosts.limit(selectors, hosts));
    }

    /** Says why AH cannot be: an address translator would break every packet (RFC 3715 section 2.1, case a), and TCP has no form of it. */
    static Optional<Reason> throughTranslator(Session session, Policy policy) {
        return policy.ipsecProtocol() == IpsecProtocol.AH && session.state().encapsulated()
                ? Optional.of(Reason.of(ReasonCode.AH_THROUGH_TRANSLATOR, policy.name(), session.peerName()))
                : Optional.empty();
    }

    /** Says that a policy's selectors do not hold the two hosts. */
    static Reason notTheHosts(Session session, Policy policy, Selectors selectors) {
        return Reason.of(
                ReasonCode.TRANSPORT_HOSTS,
                policy.name(),
                TransportHosts.of(session.state()).map(HostPair::toString).orElse("hosts of one address family"),
                selectors);
    }

    TaskRecord.Child asked() {
        return asked;
    }

    List<Proposal> offered() {
        return offered;
    }

    SpiKey spi() {
        return asked.inbound();
    }

    Payload offer() {
        return Offers.child(
                asked.inbound().protocol(), offered, Spis.bytes(asked.inbound().spi()));
    }

    /** Returns the payloads that follow nonce and key exchange. */
    List<Payload> selectors(Optional<Flow> trigger) {
        List<Payload> payloads = new ArrayList<>();
        payloads.addAll(modeNotifies(mode));
        if (several) {
            payloads.add(new Payload.Notify(
                    ProtocolId.NONE,
                    Bytes.EMPTY,
                    NotifyType.SA_RESOURCE_INFO,
                    asked.share().map(s -> Spis.bytes(s.number())).orElse(Bytes.EMPTY)));
        }
        payloads.addAll(SelectorPayloads.payloads(asked.selectors(), trigger, true));
        return payloads;
    }

    /**
     * Returns what goes along with a mode. In transport mode nothing would tell where padding begins, so we take none there
     * (RFC 4303 section 2.7).
     */
    static List<Payload> modeNotifies(IpsecMode mode) {
        return mode == IpsecMode.TUNNEL
                ? List.of()
                : List.of(
                        Payload.Notify.of(NotifyType.USE_TRANSPORT_MODE),
                        Payload.Notify.of(NotifyType.ESP_TFC_PADDING_NOT_SUPPORTED));
    }

    /** Tells whether the peer says that it takes no padding (RFC 7296 section 1.3.1). */
    static boolean refusesPadding(IkeMessage message) {
        return message.notify(NotifyType.ESP_TFC_PADDING_NOT_SUPPORTED).isPresent();
    }

    /** Returns why the peer makes no Child SA, if it does not. */
    Optional<Reason> refusal(IkeMessage response) {
        if (response.first(Payload.SecurityAssociation.class).isPresent()) {
            return Optional.empty();
        }
        String notify = response.firstError().map(n -> n.type().toString()).orElse("no word");
        boolean selectors = response.notify(NotifyType.TS_UNACCEPTABLE).isPresent();
        return Optional.of(Reason.of(
                ReasonCode.PEER_REFUSED,
                session.peerName(),
                notify,
                selectors ? "selectors " + asked.selectors() : Offers.words(offered)));
    }

    /**
     * Makes the pair that the peer agreed to, ready to receive.
     *
     * @param then is given the pair
     * @param otherwise is given why there is none; the peer has been told, if it believes that there is one
     */
    void accept(
            IkeSa sa,
            IkeMessage response,
            ChildPairs.Material material,
            Consumer<ChildState> then,
            Consumer<Reason> otherwise) {
        IpsecMode answered =
                response.notify(NotifyType.USE_TRANSPORT_MODE).isPresent() ? IpsecMode.TRANSPORT : IpsecMode.TUNNEL;
        if (answered != mode) {
            withdraw(modeDiffers(session, answered, asked.policy()), otherwise); // RFC 7296 section 1.3.1
            return;
        }
        try {
            ChildState child = agreed(response);
            if (session.children().wasDeletedEarly(child.outbound())) {
                Reason reason = Reason.of(ReasonCode.DELETED_BY_PEER, session.peerName());
                giveBack(reason);
                otherwise.accept(reason);
                return;
            }
            ChildPairs.install(sa, child, material, true, then, reason -> {
                session.children().withdraw(asked.inbound());
                otherwise.accept(reason);
            });
        } catch (IkeProtocolException e) {
            withdraw(
                    Reason.of(ReasonCode.PEER_PROTOCOL_ERROR, session.peerName(), String.valueOf(e.getMessage())),
                    otherwise);
        }
    }

    private void withdraw(Reason reason, Consumer<Reason> otherwise) {
        giveBack(reason);
        session.children().withdraw(asked.inbound());
        otherwise.accept(reason);
    }

    /** Says that the peer wants one mode and policy the other. */
    static Reason modeDiffers(Session session, IpsecMode peers, String policy) {
        IpsecMode ours = peers == IpsecMode.TUNNEL ? IpsecMode.TRANSPORT : IpsecMode.TUNNEL;
        return Reason.of(ReasonCode.MODE_DIFFERS, session.peerName(), word(peers), policy, word(ours));
    }

    private static String word(IpsecMode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }

    private ChildState agreed(IkeMessage response) throws IkeProtocolException {
        Offers.Choice<ChildSuite> choice = Offers.answeredChild(
                session.context().crypto(),
                asked.inbound().protocol(),
                offered,
                response.only(Payload.SecurityAssociation.class));
        if (choice.suite().keyExchange() != asked.keyExchange()) {
            throw IkeProtocolException.invalidSyntax("the peer chose another key exchange than was begun");
        }
        TransportHosts hosts = seen(narrowed(response));
        if (!asked.selectors().contains(hosts.selectors())) {
            throw notOffered();
        }
        Selectors meant = AssignedSelectors.meant(session, asked.policy(), hosts.selectors())
                .orElseThrow(() -> IkeProtocolException.invalidSyntax(
                        "the peer answered selectors without the address that it assigned"));
        ChildState child = new ChildState(
                asked.lineage(),
                asked.inbound().spi(),
                Spis.number(choice.spi()),
                asked.policy(),
                meant,
                choice.suite(),
                mode);
        child.originals = hosts.originals();
        child.paddingRefused = refusesPadding(response);
        child.share = asked.share();
        return child;
    }

    /** Returns the peer's selectors as we see the hosts that they are for. */
    private TransportHosts seen(Selectors answered) throws IkeProtocolException {
        if (mode == IpsecMode.TUNNEL) {
            return new TransportHosts(answered, Optional.empty());
        }
        return asked.selectors()
                .hosts()
                .flatMap(actual -> TransportHosts.substitute(session.state(), answered, actual))
                .orElseThrow(ChildRequest::notOffered);
    }

    private static IkeProtocolException notOffered() {
        return IkeProtocolException.invalidSyntax("the peer answered selectors that were not offered");
    }

    /** What the peer narrowed to is ours only as far as we offered it (RFC 7296 section 2.9). */
    private Selectors narrowed(IkeMessage response) throws IkeProtocolException {
        List<TrafficSelector> local = List.of();
        List<TrafficSelector> remote = List.of();
        for (Payload.TrafficSelectors ts :
                response.all(Payload.TrafficSelectors.class).toList()) {
            if (ts.ofInitiator()) {
                local = SelectorPayloads.read(ts);
            } else {
                remote = SelectorPayloads.read(ts);
            }
        }
        if (local.isEmpty() || remote.isEmpty()) {
            throw notOffered();
        }
        return new Selectors(local, remote);
    }

    /** Gives the SPI back. */
    void giveBack(Reason reason) {
        session.emit(new Effect.Delete(spi(), reason));
    }

    /** Returns the nonce and, where the exchange has one, the key exchange payload of our request. */
    static List<Payload> keying(TaskRecord.Child asked, @Nullable KeyShare share) {
        List<Payload> payloads = new ArrayList<>();
        payloads.add(new Payload.Nonce(asked.nonce()));
        if (share != null) {
            payloads.add(share.payload());
        }
        return payloads;
    }

    static Bytes newNonce(Session session) {
        return session.randomBytes(IkeInitTask.NONCE_LENGTH);
    }
}
