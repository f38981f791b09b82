package org.sallyport.ike.internal.runtime;

import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.checkpoint.CheckpointStore;
import org.sallyport.api.checkpoint.Durability;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.Encapsulation;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.Path;
import org.sallyport.api.sa.SaKeys;
import org.sallyport.api.sa.SaPairHandle;
import org.sallyport.api.sa.SaRefusedException;
import org.sallyport.api.sa.SaSpec;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.ike.internal.core.Effect;
import org.sallyport.ike.internal.core.Event;
import org.sallyport.ike.internal.core.Outcome;
import org.sallyport.ike.internal.core.Question;
import org.sallyport.ike.internal.core.state.ChildState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers a session's questions: at once what the SA table is asked, later what may take time. */
final class Questions {
    private static final Logger LOG = LoggerFactory.getLogger(Questions.class);

    private final Surroundings around;
    private final PathMtu mtu;
    private final Executor executor;
    private final Consumer<Event> later;

    Questions(Surroundings around, PathMtu mtu, Executor executor, Consumer<Event> later) {
        this.around = around;
        this.mtu = mtu;
        this.executor = executor;
        this.later = later;
    }

    void ask(Effect.Ask ask, ArrayDeque<Event> now) {
        switch (ask.question()) {
            case Question.Authentication<?> question -> authenticate(ask.token(), question, now);
            case Question.LeaseAddresses lease ->
                executor.execute(() -> later.accept(
                        new Event.Answered(ask.token(), around.pools().answer(lease))));
            case Question.TakeAddresses take -> take(ask.token(), take);
            case Question.SaveCheckpoint save -> save(ask.token(), save, now);
            default -> now.add(new Event.Answered(ask.token(), atOnce(ask.question())));
        }
    }

    private void authenticate(long token, Question.Authentication<?> question, ArrayDeque<Event> now) {
        around.authenticators()
                .atOnce(question)
                .ifPresentOrElse(
                        outcome -> now.add(new Event.Answered(token, outcome)),
                        () -> executor.execute(() -> later.accept(new Event.Answered(
                                token, around.authenticators().answer(question)))));
    }

    private void take(long token, Question.TakeAddresses take) {
        var unused = around.assigned()
                .assigned(take.ikeSa(), take.configuration())
                .handle((done, failure) -> failure == null
                        ? new Outcome.Value(new Question.Taken(take.ikeSa()))
                        : new Outcome.Failure(Reason.of(ReasonCode.INTERNAL_ERROR, "assigned addresses: " + failure)))
                .thenAccept(outcome -> later.accept(new Event.Answered(token, outcome)));
    }

    private void save(long token, Question.SaveCheckpoint save, ArrayDeque<Event> now) {
        try (SecretBytes state = save.state()) {
            var stored = around.checkpoints()
                    .put(save.id(), around.epoch(), save.revision(), state)
                    .handle(Questions::stored)
                    .toCompletableFuture();
            if (stored.isDone()) {
                now.add(new Event.Answered(token, stored.join()));
            } else {
                var unused = stored.thenAccept(outcome -> later.accept(new Event.Answered(token, outcome)));
            }
        }
    }

    private static Outcome stored(@Nullable Durability durability, @Nullable Throwable failure) {
        if (durability != null) {
            return new Outcome.Value(durability);
        }
        Throwable cause = failure instanceof CompletionException c && c.getCause() != null ? c.getCause() : failure;
        if (cause instanceof CheckpointStore.StaleCheckpointException) {
            LOG.info("another negotiator goes on with this IKE SA: {}", cause.getMessage());
            return new Outcome.Fenced();
        }
        LOG.warn("an IKE SA's checkpoint was not stored, it would not outlive this bundle: {}", String.valueOf(cause));
        return new Outcome.Failure(Reason.of(ReasonCode.INTERNAL_ERROR, String.valueOf(cause)));
    }

    private Outcome atOnce(Question<?> question) {
        try {
            return new Outcome.Value(
                    switch (question) {
                        case Question.NameIkeSa name -> around.table().openIkeSa(name.connection());
                        case Question.OpenStream open ->
                            around.transport()
                                    .open(
                                            open.endpoints().local().getAddress(),
                                            open.endpoints().remote().getAddress());
                        case Question.OpenLineage open ->
                            reserve(around.table().openLineage(open.ikeSa()), open.protocol());
                        case Question.ReserveSpi reserve -> succeed(reserve.lineage(), reserve.protocol());
                        case Question.InstallInbound install -> install(install);
                        case Question.ActivateOutbound activate -> activate(activate);
                        case Question.LeaseAddresses ignored -> throw new IllegalStateException("asked elsewhere");
                        case Question.TakeAddresses ignored -> throw new IllegalStateException("asked elsewhere");
                        case Question.Authentication<?> ignored -> throw new IllegalStateException("asked elsewhere");
                        case Question.CarryOn ignored -> throw new IllegalStateException("asked elsewhere");
                        case Question.SaveCheckpoint ignored -> throw new IllegalStateException("asked elsewhere");
                    });
        } catch (SaRefusedException e) {
            return new Outcome.Failure(e.reason());
        } catch (RuntimeException e) {
            return failed(e);
        }
    }

    private static Outcome failed(RuntimeException e) {
        LOG.error("a question of the negotiator was not answered", e);
        return new Outcome.Failure(Reason.of(ReasonCode.INTERNAL_ERROR, e.toString()));
    }

    private Question.Reserved succeed(ChildSaId lineage, IpsecProtocol protocol) throws SaRefusedException {
        return new Question.Reserved(around.table().reserveSpi(protocol, lineage), lineage);
    }

    private Question.Reserved reserve(ChildSaId lineage, IpsecProtocol protocol) throws SaRefusedException {
        return new Question.Reserved(around.table().reserveSpi(protocol), lineage);
    }

    private SpiKey install(Question.InstallInbound install) throws SaRefusedException {
        ChildState child = install.child();
        try (SaKeys keys = install.keys()) {
            Path path = path(install);
            around.table()
                    .installInbound(
                            child.inbound(),
                            SaSpec.builder()
                                    .lineage(child.lineage)
                                    .policy(child.policy)
                                    .peerIdentity(install.peerIdentity())
                                    .selectors(child.selectors)
                                    .mode(child.mode)
                                    .suite(child.suite.sa())
                                    .path(path)
                                    .lifetimes(install.lifetimes())
                                    .initiator(install.initiator())
                                    .originals(child.originals)
                                    .paddingRefused(child.paddingRefused)
                                    .share(child.share)
                                    .build(),
                            keys);
            return child.inbound();
        }
    }

    private Path path(Question.InstallInbound install) {
        InetSocketAddress local = install.endpoints().local();
        InetSocketAddress remote = install.endpoints().remote();
        int outer = mtu.of(local.getAddress());
        if (install.endpoints().tcp()) {
            return new Path(local, remote, "", Encapsulation.TCP, outer);
        }
        return install.inUdp()
                ? new Path(local, remote, "", Encapsulation.UDP, outer)
                : new Path(
                        new InetSocketAddress(local.getAddress(), 0),
                        new InetSocketAddress(remote.getAddress(), 0),
                        "",
                        Encapsulation.RAW,
                        outer);
    }

    private SaPairHandle activate(Question.ActivateOutbound activate) throws SaRefusedException {
        try (SaKeys keys = activate.keys()) {
            return around.table().activateOutbound(activate.inbound(), activate.peerSpi(), keys);
        }
    }
}
