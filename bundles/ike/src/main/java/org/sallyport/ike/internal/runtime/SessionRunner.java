package org.sallyport.ike.internal.runtime;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.sallyport.api.admin.Journal;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.ike.internal.core.Effect;
import org.sallyport.ike.internal.core.Event;
import org.sallyport.ike.internal.core.Question;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.linux.LeaseRevokedException;
import org.sallyport.linux.LinuxException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves one session: one event at a time, its effects in order, its timer. Thread safe. */
final class SessionRunner implements Timers.Timed {
    private static final Logger LOG = LoggerFactory.getLogger(SessionRunner.class);

    /** Messages that may wait for one session; a peer that sends more is retransmitting or worse. */
    private static final int MOST_MESSAGES = 64;

    private final Session session;
    private final Switchboard switchboard;
    private final Questions questions;
    private final Mailbox<Event> mailbox;
    private final ExchangeWatch exchanges;
    private volatile SessionView view;

    SessionRunner(Session session, Switchboard switchboard, Executor executor) {
        this.session = session;
        this.switchboard = switchboard;
        this.questions = new Questions(switchboard.surroundings(), switchboard.mtu(), executor, this::post);
        this.mailbox = new Mailbox<>(executor, this::serve);
        Observers observers = switchboard.surroundings().observers();
        this.exchanges = new ExchangeWatch(session, observers::any, observers::tell);
        this.view = SessionView.of(session);
    }

    SessionView view() {
        return view;
    }

    void post(Event event) {
        mailbox.post(event);
    }

    /** Takes a message, unless too many wait already. */
    void offer(Event.Received message) {
        mailbox.offer(message, MOST_MESSAGES);
    }

    @Override
    public void due() {
        mailbox.post(new Event.Tick());
    }

    /** Falls silent: nothing is told to anybody. */
    void stop() {
        mailbox.close();
    }

    boolean busy() {
        return mailbox.busy();
    }

    private void serve(Event event) {
        List<Journal> lines = new ArrayList<>();
        try {
            ArrayDeque<Event> events = new ArrayDeque<>(List.of(event));
            while (!events.isEmpty()) {
                for (Effect effect : handled(events.remove())) {
                    carryOut(effect, events, lines);
                }
            }
        } catch (RuntimeException e) {
            LOG.error("what follows from an event of IKE SA {} was not carried out whole", name(), e);
        } finally {
            lines.forEach(Journal::write);
        }
        lookAnew();
        switchboard.served(this, session.deadline());
    }

    private void lookAnew() {
        SessionView before = view;
        view = SessionView.of(session);
        switchboard.seen(this, before);
    }

    /** A session that fails halfway is not gone on with: it ends, and whoever needs it negotiates anew. */
    private List<Effect> handled(Event event) {
        try {
            return session.handle(event, switchboard.now());
        } catch (RuntimeException e) {
            LOG.error("an event of IKE SA {} was not served", name(), e);
            if (!(event instanceof Event.DeleteIke)) {
                post(new Event.DeleteIke(Reason.of(ReasonCode.INTERNAL_ERROR, e)));
            }
            return List.of();
        }
    }

    private String name() {
        return view.id().map(Object::toString).orElse("(new)");
    }

    private void carryOut(Effect effect, ArrayDeque<Event> events, List<Journal> lines) {
        switch (effect) {
            case Effect.Send send -> {
                lookAnew(); // what the peer does next, other sessions may have to judge
                send(send);
                exchanges.sent(send, switchboard.now());
                switchboard
                        .announcer()
                        .sent(send, session.peerName(), switchboard.now())
                        .ifPresent(lines::add);
            }
            case Effect.KeepAlive alive -> keepAlive(alive);
            case Effect.MoveStream move -> moveStream(move);
            case Effect.Ask ask
            when ask.question() instanceof Question.CarryOn question ->
                switchboard.carryOn(this, question, ask.token());
            case Effect.Ask ask -> questions.ask(ask, events);
            case Effect.Retire retire -> switchboard.surroundings().table().retire(retire.inbound());
            case Effect.Delete delete -> switchboard.surroundings().table().delete(delete.inbound(), delete.reason());
            case Effect.Listen listen -> switchboard.listen(listen.localSpi(), this);
            case Effect.Deafen deafen -> switchboard.deafen(deafen.localSpi());
            case Effect.AnswerAgain answers -> switchboard.answerAgain(answers);
            case Effect.Settle settle -> switchboard.settled(settle.negotiation(), settle.result());
            case Effect.HalfOpenEnded ended -> switchboard.halfOpenEnded(ended.localSpi());
            case Effect.ReleaseAddress release -> switchboard.release(release.lease());
            case Effect.GiveUpAddresses given ->
                switchboard.surroundings().assigned().released(given.id());
            case Effect.Supersede supersede -> switchboard.supersede(this, supersede);
            case Effect.HandOver handOver -> switchboard.handOver(handOver);
            case Effect.TakenOver over -> switchboard.tell(over.from(), new Event.TakenOver(over.carried()));
            case Effect.NotTakenOver over -> switchboard.tell(over.from(), new Event.NotTakenOver());
            case Effect.CarriesOn on -> switchboard.carriesOn(on);
            case Effect.DropCheckpoint drop ->
                switchboard
                        .surroundings()
                        .checkpoints()
                        .remove(drop.id(), switchboard.surroundings().epoch());
            case Effect.Finished ignored -> {
                exchanges.finished(switchboard.now());
                switchboard.finished(this);
            }
            case Effect.Notice notice -> {
                switchboard
                        .announcer()
                        .notice(notice, session.peerName(), switchboard.now())
                        .ifPresent(lines::add);
                switchboard.teller().tell(notice);
                observe(notice);
            }
        }
    }

    private void observe(Effect.Notice notice) {
        switch (notice) {
            case Effect.Received received -> exchanges.received(received, switchboard.now());
            case Effect.IkeUp up -> proven(up);
            case Effect.IkeDown down -> exchanges.ended(down.reason());
            case Effect.IkeFailed failed -> exchanges.ended(failed.reason());
            default -> {}
        }
    }

    private void send(Effect.Send send) {
        try {
            switchboard.surroundings().transport().send(send.endpoints(), send.message());
        } catch (LeaseRevokedException e) {
            stop();
        } catch (LinuxException e) {
            LOG.debug("{} was not sent: it counts as lost", send.summary(), e);
        }
    }

    private void moveStream(Effect.MoveStream move) {
        try {
            switchboard
                    .surroundings()
                    .transport()
                    .streams()
                    .move(Transport.ends(move.known()), Transport.ends(move.newer()), move.proven());
        } catch (LeaseRevokedException e) {
            stop();
        }
    }

    private void proven(Effect.IkeUp up) {
        if (up.endpoints().tcp()) {
            try {
                switchboard.surroundings().transport().streams().genuine(Transport.ends(up.endpoints()));
            } catch (LeaseRevokedException e) {
                stop();
            }
        }
    }

    private void keepAlive(Effect.KeepAlive alive) {
        try {
            switchboard.surroundings().transport().keepAlive(alive.endpoints());
        } catch (LeaseRevokedException e) {
            stop();
        } catch (LinuxException e) {
            LOG.debug("a keep-alive was not sent", e);
        }
    }
}
