package org.sallyport.ike.internal.core.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.proposal.Transform;
import org.sallyport.api.proposal.TransformType;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SaSuite;
import org.sallyport.crypto.CryptoRegistry;
import org.sallyport.crypto.TransformId;
import org.sallyport.crypto.UnavailableTransformException;
import org.sallyport.ike.internal.core.state.ChildSuite;
import org.sallyport.ike.internal.core.state.IkeSuite;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.Payload;
import org.sallyport.ike.internal.message.ProtocolId;

/** Proposals: what is offered, what is chosen, and whether a choice was offered (RFC 7296 sections 2.7 and 3.3). */
public final class Offers {
    private static final int NONE = 0;
    private static final int MAX_TYPE = 5;
    private static final Transform NO_ESN = new Transform(TransformType.SEQUENCE_NUMBERS, 0, 0);
    private static final Transform ESN = new Transform(TransformType.SEQUENCE_NUMBERS, 1, 0);

    private Offers() {}

    /**
     * A choice out of an SA payload.
     *
     * @param suite what was chosen
     * @param number of the proposal
     * @param spi the sender's SPI
     */
    public record Choice<S>(S suite, int number, Bytes spi) {}

    // ---- offering ----

    /** Returns the SA payload that offers these proposals for an IKE SA. */
    static Payload.SecurityAssociation ike(List<Proposal> proposals, Bytes spi) {
        return payload(ProtocolId.IKE, proposals, spi);
    }

    /** Returns the SA payload that offers these proposals for a Child SA. */
    static Payload.SecurityAssociation child(IpsecProtocol protocol, List<Proposal> proposals, Bytes spi) {
        return payload(protocol.securityProtocol(), proposals, spi);
    }

    /** Returns the SA payload that answers with a choice. */
    static Payload.SecurityAssociation chosenIke(IkeSuite suite, int number, Bytes spi) {
        return numbered(ike(List.of(suite.asProposal()), spi), number);
    }

    /** Returns the SA payload that answers with a choice. */
    static Payload.SecurityAssociation chosenChild(ChildSuite suite, int number, Bytes spi) {
        return numbered(child(suite.protocol(), List.of(suite.asProposal()), spi), number);
    }

    private static Payload.SecurityAssociation numbered(Payload.SecurityAssociation one, int number) {
        org.sallyport.ike.internal.message.Proposal p = one.proposals().getFirst();
        return new Payload.SecurityAssociation(List.of(
                new org.sallyport.ike.internal.message.Proposal(number, p.protocol(), p.spi(), p.transforms())));
    }

    private static Payload.SecurityAssociation payload(int protocol, List<Proposal> proposals, Bytes spi) {
        List<org.sallyport.ike.internal.message.Proposal> wire = new ArrayList<>();
        for (Proposal proposal : proposals) {
            List<org.sallyport.ike.internal.message.Transform> transforms = proposal.transforms().stream()
                    .map(t -> org.sallyport.ike.internal.message.Transform.of(
                            t.type().id(), t.id(), t.keyBits()))
                    .toList();
            wire.add(new org.sallyport.ike.internal.message.Proposal(wire.size() + 1, protocol, spi, transforms));
        }
        return new Payload.SecurityAssociation(wire);
    }

    /** Returns a policy's proposals as they are offered: with sequence numbers, and in IKE_AUTH without key exchange. */
    static List<Proposal> childProposals(List<Proposal> configured, boolean withKeyExchange) {
        return configured.stream()
                .map(p -> complete(p, withKeyExchange))
                .distinct()
                .toList();
    }

    private static Proposal complete(Proposal proposal, boolean withKeyExchange) {
        List<Transform> transforms = new ArrayList<>();
        for (Transform transform : proposal.transforms()) {
            boolean takenAway = transform.type() == TransformType.KEY_EXCHANGE && !withKeyExchange;
            if (!takenAway && transform.type() != TransformType.PRF) {
                transforms.add(transform);
            }
        }
        if (proposal.of(TransformType.SEQUENCE_NUMBERS).isEmpty()) {
            transforms.add(ESN);
            transforms.add(NO_ESN);
        }
        return new Proposal(transforms);
    }

    /** Returns why these proposals cannot be offered, when an algorithm is not there. */
    static Optional<Reason> unavailable(CryptoRegistry crypto, List<Proposal> proposals) {
        return proposals.stream()
                .flatMap(p -> p.transforms().stream())
                .filter(t -> !supported(crypto, t))
                .findFirst()
                .map(t -> Reason.of(
                        ReasonCode.CAPABILITY_ABSENT,
                        "algorithm " + t.readable(),
                        "start the bundle that provides it, or take it out of the proposal"));
    }

    private static boolean supported(CryptoRegistry crypto, Transform transform) {
        return switch (transform.type()) {
            case ENCRYPTION -> crypto.supports(TransformId.encr(transform.id(), transform.keyBits()));
            case PRF -> crypto.supports(TransformId.prf(transform.id()));
            case KEY_EXCHANGE -> crypto.supports(TransformId.keyExchange(transform.id()));
            case INTEGRITY -> transform.id() == NONE || crypto.supports(TransformId.integrity(transform.id()));
            case SEQUENCE_NUMBERS -> true;
        };
    }

    /** Returns the key exchange method to begin with, 0 for none. */
    static int firstKeyExchange(List<Proposal> proposals) {
        return proposals.getFirst().of(TransformType.KEY_EXCHANGE).stream()
                .findFirst()
                .map(Transform::id)
                .orElse(NONE);
    }

    /** Tells whether a key exchange method is among what is offered. */
    static boolean offers(List<Proposal> proposals, int keyExchange) {
        return proposals.stream()
                .flatMap(p -> p.of(TransformType.KEY_EXCHANGE).stream())
                .anyMatch(t -> t.id() == keyExchange);
    }

    static String words(List<Proposal> proposals) {
        return proposals.stream().map(Proposal::toString).collect(Collectors.joining(", "));
    }

    static String words(Payload.SecurityAssociation sa) {
        return sa.proposals().stream().map(Object::toString).collect(Collectors.joining(", "));
    }

    // ---- choosing ----

    /**
     * Chooses for an IKE SA, in the order of our preference.
     *
     * @param keyExchange the method that the peer sent a value of, preferred among those allowed: it saves a round trip
     */
    static Optional<Choice<IkeSuite>> chooseIke(
            CryptoRegistry crypto, List<Proposal> ours, Payload.SecurityAssociation theirs, int keyExchange) {
        for (Proposal proposal : ours) {
            for (org.sallyport.ike.internal.message.Proposal offer : theirs.proposals()) {
                Optional<IkeSuite> suite = offer.protocol() == ProtocolId.IKE
                        ? ikeSuite(crypto, proposal, offer, keyExchange)
                        : Optional.empty();
                if (suite.isPresent()) {
                    return Optional.of(new Choice<>(suite.get(), offer.number(), offer.spi()));
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<IkeSuite> ikeSuite(
            CryptoRegistry crypto, Proposal ours, org.sallyport.ike.internal.message.Proposal offer, int keyExchange) {
        Optional<Transform> encryption = pick(crypto, ours, offer, TransformType.ENCRYPTION, NONE);
        Optional<Transform> prf = pick(crypto, ours, offer, TransformType.PRF, NONE);
        Optional<Transform> exchange = pick(crypto, ours, offer, TransformType.KEY_EXCHANGE, keyExchange);
        if (encryption.isEmpty() || prf.isEmpty() || exchange.isEmpty()) {
            return Optional.empty();
        }
        OptionalInt integrity = integrity(crypto, ours, offer, encryption.get());
        boolean foreign = offer.transforms().stream()
                .anyMatch(t -> t.type() > MAX_TYPE || t.type() == org.sallyport.ike.internal.message.Transform.ESN);
        return foreign || integrity.isEmpty()
                ? Optional.empty()
                : Optional.of(new IkeSuite(
                        encryption.get().id(),
                        encryption.get().keyBits(),
                        integrity.getAsInt(),
                        prf.get().id(),
                        exchange.get().id()));
    }

    /** Chooses for a Child SA, in the order of our preference. */
    static Optional<Choice<ChildSuite>> chooseChild(
            CryptoRegistry crypto,
            IpsecProtocol protocol,
            List<Proposal> ours,
            Payload.SecurityAssociation theirs,
            int keyExchange) {
        for (Proposal proposal : ours) {
            for (org.sallyport.ike.internal.message.Proposal offer : theirs.proposals()) {
                Optional<ChildSuite> suite = offer.protocol() == protocol.securityProtocol()
                        ? childSuite(crypto, protocol, proposal, offer, keyExchange)
                        : Optional.empty();
                if (suite.isPresent() && offer.spi().length() == Integer.BYTES) {
                    return Optional.of(new Choice<>(suite.get(), offer.number(), offer.spi()));
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<ChildSuite> childSuite(
            CryptoRegistry crypto,
            IpsecProtocol protocol,
            Proposal ours,
            org.sallyport.ike.internal.message.Proposal offer,
            int keyExchange) {
        Optional<Transform> numbers = sequenceNumbers(crypto, ours, offer);
        OptionalInt exchange = childKeyExchange(crypto, ours, offer, keyExchange);
        boolean foreign = offer.transforms().stream().anyMatch(t -> t.type() > MAX_TYPE);
        if (numbers.isEmpty() || exchange.isEmpty() || foreign) {
            return Optional.empty();
        }
        boolean extended = numbers.get().id() == ESN.id();
        Optional<SaSuite> suite =
                switch (protocol) {
                    case ESP -> esp(crypto, ours, offer, extended);
                    case AH -> ah(crypto, ours, offer, extended);
                };
        return suite.map(s -> new ChildSuite(s, exchange.getAsInt()));
    }

    private static Optional<SaSuite> esp(
            CryptoRegistry crypto, Proposal ours, org.sallyport.ike.internal.message.Proposal offer, boolean extended) {
        Optional<Transform> cipher = pick(crypto, ours, offer, TransformType.ENCRYPTION, NONE);
        OptionalInt integrity = cipher.isPresent() ? integrity(crypto, ours, offer, cipher.get()) : OptionalInt.empty();
        return integrity.isEmpty()
                ? Optional.empty()
                : Optional.of(new SaSuite(cipher.get().id(), cipher.get().keyBits(), integrity.getAsInt(), extended));
    }

    /** AH has an integrity algorithm and no encryption algorithm (RFC 7296 section 3.3.3). */
    private static Optional<SaSuite> ah(
            CryptoRegistry crypto, Proposal ours, org.sallyport.ike.internal.message.Proposal offer, boolean extended) {
        if (!offer.transforms(TransformType.ENCRYPTION.id()).isEmpty()) {
            return Optional.empty();
        }
        return common(crypto, ours, offer, TransformType.INTEGRITY).stream()
                .filter(t -> t.id() != NONE)
                .findFirst()
                .map(t -> new SaSuite(NONE, 0, t.id(), extended));
    }

    private static Optional<Transform> sequenceNumbers(
            CryptoRegistry crypto, Proposal ours, org.sallyport.ike.internal.message.Proposal offer) {
        if (offer.transforms(TransformType.SEQUENCE_NUMBERS.id()).isEmpty()) {
            return ours.of(TransformType.SEQUENCE_NUMBERS).stream()
                    .filter(NO_ESN::equals)
                    .findFirst();
        }
        return common(crypto, ours, offer, TransformType.SEQUENCE_NUMBERS).stream()
                .findFirst();
    }

    private static OptionalInt childKeyExchange(
            CryptoRegistry crypto, Proposal ours, org.sallyport.ike.internal.message.Proposal offer, int keyExchange) {
        List<org.sallyport.ike.internal.message.Transform> theirs = offer.transforms(TransformType.KEY_EXCHANGE.id());
        boolean weHaveNone = ours.of(TransformType.KEY_EXCHANGE).isEmpty();
        if (weHaveNone) {
            boolean optional = theirs.isEmpty() || theirs.stream().anyMatch(t -> t.id() == NONE);
            return optional ? OptionalInt.of(NONE) : OptionalInt.empty();
        }
        return pick(crypto, ours, offer, TransformType.KEY_EXCHANGE, keyExchange).stream()
                .mapToInt(Transform::id)
                .findFirst();
    }

    /** Chooses an integrity algorithm, {@link #NONE} with an AEAD; empty when nothing both have goes with the cipher. */
    private static OptionalInt integrity(
            CryptoRegistry crypto, Proposal ours, org.sallyport.ike.internal.message.Proposal offer, Transform cipher) {
        if (authenticates(crypto, cipher)) {
            return integrityOptional(offer) ? OptionalInt.of(NONE) : OptionalInt.empty();
        }
        return common(crypto, ours, offer, TransformType.INTEGRITY).stream()
                .mapToInt(Transform::id)
                .filter(id -> id != NONE)
                .findFirst();
    }

    private static boolean authenticates(CryptoRegistry crypto, Transform cipher) {
        try {
            return crypto.authenticates(cipher.id(), cipher.keyBits());
        } catch (UnavailableTransformException e) {
            return false; // its provider went this moment: what else is chosen does not matter
        }
    }

    /** With an AEAD there is no integrity algorithm, or NONE (RFC 7296 section 3.3). */
    private static boolean integrityOptional(org.sallyport.ike.internal.message.Proposal offer) {
        List<org.sallyport.ike.internal.message.Transform> integrity = offer.transforms(TransformType.INTEGRITY.id());
        return integrity.isEmpty() || integrity.stream().anyMatch(t -> t.id() == NONE);
    }

    private static Optional<Transform> pick(
            CryptoRegistry crypto,
            Proposal ours,
            org.sallyport.ike.internal.message.Proposal offer,
            TransformType type,
            int preferred) {
        List<Transform> common = common(crypto, ours, offer, type);
        for (Transform transform : common) {
            if (transform.id() == preferred) {
                return Optional.of(transform);
            }
        }
        return common.isEmpty() ? Optional.empty() : Optional.of(common.getFirst());
    }

    private static List<Transform> common(
            CryptoRegistry crypto,
            Proposal ours,
            org.sallyport.ike.internal.message.Proposal offer,
            TransformType type) {
        List<Transform> common = new ArrayList<>();
        for (Transform transform : ours.of(type)) {
            if (supported(crypto, transform) && offered(offer, transform)) {
                common.add(transform);
            }
        }
        return common;
    }

    private static boolean offered(org.sallyport.ike.internal.message.Proposal offer, Transform transform) {
        for (org.sallyport.ike.internal.message.Transform theirs : offer.transforms()) {
            if (theirs.type() == transform.type().id()
                    && theirs.id() == transform.id()
                    && theirs.keyBits() == transform.keyBits()
                    && !theirs.hasUnknownAttributes()) {
                return true;
            }
        }
        return false;
    }

    // ---- checking an answer ----

    /** Returns what the peer chose, when it is one of what was offered. */
    static Choice<IkeSuite> answeredIke(
            CryptoRegistry crypto, List<Proposal> offered, Payload.SecurityAssociation answer)
            throws IkeProtocolException {
        requireOne(answer);
        return chooseIke(crypto, offered, answer, NONE).orElseThrow(() -> notOffered(answer));
    }

    /** Returns what the peer chose, when it is one of what was offered. */
    static Choice<ChildSuite> answeredChild(
            CryptoRegistry crypto, IpsecProtocol protocol, List<Proposal> offered, Payload.SecurityAssociation answer)
            throws IkeProtocolException {
        requireOne(answer);
        return chooseChild(crypto, protocol, offered, answer, NONE).orElseThrow(() -> notOffered(answer));
    }

    private static void requireOne(Payload.SecurityAssociation answer) throws IkeProtocolException {
        boolean one = answer.proposals().size() == 1;
        for (int type = 1; one && type <= MAX_TYPE; type++) {
            one = answer.proposals().getFirst().transforms(type).size() <= 1;
        }
        if (!one) {
            throw IkeProtocolException.invalidSyntax("the peer chose more than one proposal: " + words(answer));
        }
    }

    private static IkeProtocolException notOffered(Payload.SecurityAssociation answer) {
        return IkeProtocolException.invalidSyntax("the peer chose what was not offered: " + words(answer));
    }
}
