package org.sallyport.ike.internal.core.task;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;
import org.sallyport.api.policy.Lifetimes;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.UnavailableTransformException;
import org.sallyport.ike.internal.core.ChildKeying;
import org.sallyport.ike.internal.core.Effect;
import org.sallyport.ike.internal.core.IkeSa;
import org.sallyport.ike.internal.core.Question;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.keys.ChildKeys;
import org.sallyport.ike.internal.keys.KeyLengths;
import org.sallyport.ike.internal.keys.KeySchedule;
import org.sallyport.ike.internal.message.Bytes;

/** Brings a pair of Child SAs into the SA table: inbound before outbound, always. */
final class ChildPairs {
    private ChildPairs() {}

    /**
     * The key material of an exchange.
     *
     * @param ni the nonce of who started it
     * @param nr the nonce of who answered
     * @param shared what its own key exchange yielded; closed by whoever made it
     */
    record Material(Bytes ni, Bytes nr, Optional<SecretBytes> shared) {
        Bytes lowest() {
            return compare(ni, nr) <= 0 ? ni : nr;
        }
    }

    /** Compares nonces as octets (RFC 7296 section 2.8.1). */
    static int compare(Bytes a, Bytes b) {
        return Arrays.compareUnsigned(a.toArray(), b.toArray());
    }

    /** Installs the inbound SA of a pair, and keeps the keys with which it will send. */
    static void install(
            IkeSa sa,
            ChildState child,
            Material material,
            boolean weInitiated,
            Consumer<ChildState> then,
            Consumer<Reason> otherwise) {
        Session session = sa.session();
        child.byPeer = !weInitiated;
        child.madeAt = session.now();
        child.lowestNonce = material.lowest();
        Consumer<Reason> refused = reason -> {
            child.keepOutboundKeys(null);
            session.emit(new Effect.Delete(child.inbound(), reason));
            otherwise.accept(reason);
        };
        try (ChildKeys keys = keys(sa, child, material)) {
            KeyLengths lengths = child.suite.keyLengths(session.context().crypto());
            SecretBytes inbound = weInitiated ? keys.responderToInitiator() : keys.initiatorToResponder();
            SecretBytes outbound = weInitiated ? keys.initiatorToResponder() : keys.responderToInitiator();
            child.keepOutboundKeys(outbound.copy());
            session.ask(
                    new Question.InstallInbound(
                            child,
                            session.state().peerIdentity().map(Object::toString).orElse(""),
                            session.state().endpoints,
                            session.state().inUdp(),
                            lifetimes(session, child),
                            weInitiated,
                            ChildKeying.saKeys(lengths, inbound)),
                    installed -> {
                        session.children().installed(child);
                        then.accept(child);
                    },
                    refused);
        } catch (UnavailableTransformException e) {
            refused.accept(IkeInitTask.unavailable(e));
        }
    }

    private static Lifetimes lifetimes(Session session, ChildState child) {
        return session.context()
                .spd()
                .current()
                .policy(child.policy)
                .map(Policy::lifetimes)
                .orElse(Lifetimes.DEFAULT);
    }

    private static ChildKeys keys(IkeSa sa, ChildState child, Material material) throws UnavailableTransformException {
        return KeySchedule.childKeys(
                sa.prf(),
                child.suite.keyLengths(sa.session().context().crypto()),
                sa.state().keys().skD(),
                material.shared(),
                material.ni(),
                material.nr());
    }
}
