package org.sallyport.ike.internal.core.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.IpsecMode;
import org.sallyport.api.sa.Share;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.UnavailableTransformException;
import org.sallyport.ike.internal.core.Effect;
import org.sallyport.ike.internal.core.IkeSa;
import org.sallyport.ike.internal.core.Question;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.core.Task;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.core.state.TaskRecord;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.NotifyType;
import org.sallyport.ike.internal.message.Payload;

/** What a new Child SA and the successor of one have in common (RFC 7296 sections 1.3.1 and 1.3.3). */
abstract class CreateChildTask implements Task {
    protected final Session session;
    private @Nullable ChildRequest request;
    private @Nullable KeyShare share;
    private boolean secondTry;

    CreateChildTask(Session session) {
        this.session = session;
    }

    /** Returns the payloads that go first. */
    abstract List<Payload> leading();

    /** Returns the flow that asks. */
    abstract Optional<Flow> trigger();

    /** A pair stands, ready to receive; ends in {@link IkeSa#finished}. */
    abstract void agreed(IkeSa sa, ChildState child);

    /** There will be none; ends in {@link IkeSa#finished}. */
    abstract void refused(IkeSa sa, Optional<IkeMessage> response, Reason reason);

    /** Finds the policy it stands under. */
    Optional<Policy> policy(String name) {
        return session.context().spd().current().policy(name);
    }

    /** Goes on with a request that a checkpoint kept. */
    CreateChildTask resume(TaskRecord.Child asked) {
        Optional<Policy> policy = policy(asked.policy());
        if (policy.isPresent()) {
            request = ChildRequest.of(session, asked, policy.get(), false);
            asked.seed().ifPresent(seed -> restore(asked, seed));
        }
        return this;
    }

    private void restore(TaskRecord.Child asked, SecretBytes seed) {
        try {
            share = KeyShare.restore(session.context().crypto(), asked.keyExchange(), seed);
        } catch (UnavailableTransformException e) {
            request = null; // the response will not be understood, and the pair withdrawn
        }
    }

    /** Sends the request. */
    void offer(
            IkeSa sa,
            Question.Reserved reserved,
            Policy policy,
            Selectors selectors,
            Optional<Integer> rekeyed,
            Optional<Share> share) {
        Optional<Reason> unavailable =
                Offers.unavailable(session.context().crypto(), Offers.childProposals(policy.proposals(), true));
        if (unavailable.isPresent()) {
            giveBack(reserved, unavailable.get());
            refused(sa, Optional.empty(), unavailable.get());
            return;
        }
        Optional<Reason> impossible = ChildRequest.throughTranslator(session, policy);
        if (impossible.isPresent()) {
            giveBack(reserved, impossible.get());
            refused(sa, Optional.empty(), impossible.get());
            return;
        }
        Optional<Selectors> carried = rekeyed.isPresent() || share.isPresent()
                ? Optional.of(selectors)
                : ChildRequest.limit(session, policy, selectors);
        if (carried.isEmpty()) {
            Reason reason = ChildRequest.notTheHosts(session, policy, selectors);
            giveBack(reserved, reason);
            refused(sa, Optional.empty(), reason);
            return;
        }
        offer(
                sa,
                new TaskRecord.Child(
                        reserved.lineage(),
                        reserved.inbound(),
                        policy.name(),
                        carried.get(),
                        ChildRequest.newNonce(session),
                        Optional.empty(),
                        Offers.firstKeyExchange(policy.proposals()),
                        rekeyed,
                        share),
                policy);
    }

    private void offer(IkeSa sa, TaskRecord.Child plan, Policy policy) {
        TaskRecord.Child asked = plan;
        try {
            closeShare();
            if (plan.keyExchange() != 0) {
                KeyShare made = KeyShare.generate(session, plan.keyExchange());
                share = made;
                asked = withSeed(plan, made.seed());
            }
        } catch (UnavailableTransformException e) {
            giveBack(plan, IkeInitTask.unavailable(e));
            refused(sa, Optional.empty(), IkeInitTask.unavailable(e));
            return;
        }
        ChildRequest made = ChildRequest.of(session, asked, policy, false);
        request = made;
        List<Payload> payloads = new ArrayList<>(leading());
        payloads.add(made.offer());
        payloads.addAll(ChildRequest.keying(asked, share));
        payloads.addAll(made.selectors(trigger()));
        sa.request(this, ExchangeType.CREATE_CHILD_SA, payloads);
    }

    private static TaskRecord.Child withSeed(TaskRecord.Child plan, SecretBytes seed) {
        return new TaskRecord.Child(
                plan.lineage(),
                plan.inbound(),
                plan.policy(),
                plan.selectors(),
                plan.nonce(),
                Optional.of(seed),
                plan.keyExchange(),
                plan.rekeyed(),
                plan.share());
    }

    @Override
    public void response(IkeSa sa, IkeMessage response) throws IkeProtocolException {
        ChildRequest made = request;
        if (made == null) {
            unresumable(sa, response);
            return;
        }
        Optional<Reason> refusal = made.refusal(response);
        if (refusal.isPresent()) {
            if (!tryOtherGroup(sa, made, response)) {
                made.giveBack(refusal.get());
                refused(sa, Optional.of(response), refusal.get());
            }
            return;
        }
        Bytes nr = response.only(Payload.Nonce.class).value();
        KeyShare own = share;
        Optional<SecretBytes> shared =
                own == null ? Optional.empty() : Optional.of(own.agree(response.only(Payload.KeyExchange.class)));
        accept(sa, response, new ChildPairs.Material(made.asked().nonce(), nr, shared));
        shared.ifPresent(SecretBytes::close);
    }

    /** What to do with a pair that the peer made. */
    void accept(IkeSa sa, IkeMessage response, ChildPairs.Material material) {
        ChildRequest made = request;
        if (made != null) {
            made.accept(
                    sa,
                    response,
                    material,
                    child -> agreed(sa, child),
                    reason -> refused(sa, Optional.empty(), reason));
        }
    }

    /** Returns what was asked for. */
    Optional<ChildRequest> request() {
        return Optional.ofNullable(request);
    }

    private boolean tryOtherGroup(IkeSa sa, ChildRequest made, IkeMessage response) {
        Optional<Bytes> group = response.notify(NotifyType.INVALID_KE_PAYLOAD)
                .map(Payload.Notify::data)
                .filter(d -> d.length() == 2);
        Optional<Policy> policy = policy(made.asked().policy());
        if (group.isEmpty() || policy.isEmpty() || secondTry) {
            return false;
        }
        int method = IkeInitTask.number(group.get());
        if (!Offers.offers(made.offered(), method)) {
            return false;
        }
        secondTry = true;
        TaskRecord.Child asked = made.asked();
        offer(
                sa,
                new TaskRecord.Child(
                        asked.lineage(),
                        asked.inbound(),
                        asked.policy(),
                        asked.selectors(),
                        ChildRequest.newNonce(session),
                        Optional.empty(),
                        method,
                        asked.rekeyed(),
                        asked.share()),
                policy.get());
        return true;
    }

    private void unresumable(IkeSa sa, IkeMessage response) {
        Reason reason = Reason.of(ReasonCode.POLICY_GONE, "of a request before the restart");
        if (sa.state().flight().isPresent()
                && sa.state().flight().get().task instanceof TaskRecord.Child asked
                && response.first(Payload.SecurityAssociation.class).isPresent()) {
            giveBack(asked, reason);
            session.children().withdraw(asked.inbound());
        }
        refused(sa, Optional.empty(), reason);
    }

    private void giveBack(TaskRecord.Child asked, Reason reason) {
        new ChildRequest(session, asked, List.of(), IpsecMode.TUNNEL, false).giveBack(reason);
    }

    private void giveBack(Question.Reserved reserved, Reason reason) {
        session.emit(new Effect.Delete(reserved.inbound(), reason));
    }

    @Override
    public TaskRecord record() {
        return request == null ? new TaskRecord.Volatile() : request.asked();
    }

    @Override
    public void dropped(IkeSa sa) {
        if (request != null
                && session.state().childByInbound(request.spi().spi()).isEmpty()) {
            request.giveBack(Reason.of(ReasonCode.CANCELLED));
        }
    }

    @Override
    public void over() {
        closeShare();
    }

    private void closeShare() {
        if (share != null) {
            share.close();
            share = null;
        }
    }
}
