package org.sallyport.ike.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.sa.Share;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.ike.internal.core.state.ChildState;
import org.sallyport.ike.internal.core.state.IkeSaState;
import org.sallyport.ike.internal.core.state.RequestWindow;
import org.sallyport.ike.internal.core.state.SessionState;
import org.sallyport.ike.internal.core.state.TaskRecord;
import org.sallyport.ike.internal.keys.IvCounter;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.Payload;

/** What the simulator is worth: a negotiator with a mistake of its own does not get through. */
class SeededFaultsTest {
    /** Every one of these is found by the first few; more only cost time when one is not. */
    private static final int SEEDS = 400;

    static Stream<Arguments> faults() {
        Map<String, Supplier<Fault>> faults = Map.ofEntries(
                Map.entry("both keep their own of two Child SAs that replace one", VainChild::new),
                Map.entry("both keep their own of two IKE SAs that replace one", VainIkeSa::new),
                Map.entry("a DELETE is answered and forgotten", DeafToDeletes::new),
                Map.entry("a pair that ended stays in the SA table", Hoarder::new),
                Map.entry("a checkpoint is acknowledged and not stored", ForgetfulStore::new),
                Map.entry("IVs begin anew after a resumption", RepeatedIvs::new),
                Map.entry("nobody asks whether the peer lives", NeverAsks::new),
                Map.entry("a retransmission is answered anew", AnswersTwice::new),
                Map.entry("the old pair goes before the new one is used", Hasty::new),
                Map.entry("a successor sends before its peer receives", Eager::new),
                Map.entry("a nonce is used twice", WornRandom::new),
                Map.entry("the peer is not told of the pair that loses", Silent::new),
                Map.entry("the old IKE SA goes before the new one carries", BreaksBeforeItMakes::new),
                Map.entry("only the last of the answers in the window is remembered", RemembersOne::new),
                Map.entry("what was asked before a resumption is forgotten", LosesResponses::new));
        return faults.entrySet().stream().map(e -> Arguments.of(e.getKey(), e.getValue()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void isFound(String name, Supplier<Fault> fault) {
        Optional<String> found = Optional.empty();
        for (long seed = 0; seed < SEEDS && found.isEmpty(); seed++) {
            found = broken(seed, fault.get());
        }
        assertThat(found).as(name).isPresent();
    }

    private static Optional<String> broken(long seed, Fault fault) {
        try {
            Simulation.run(seed, false, fault);
            return Optional.empty();
        } catch (BrokenInvariant e) {
            return Optional.of("seed " + seed + ": " + e.getMessage());
        }
    }

    private static final Bytes LOWEST = Bytes.of(new byte[32]);

    private static final class VainChild implements Fault {
        @Override
        public void handled(Session session, Event event) {
            session.state().children.stream().filter(c -> c.byPeer).forEach(c -> c.lowestNonce = LOWEST);
        }
    }

    private static final class VainIkeSa implements Fault {
        @Override
        public void handled(Session session, Event event) {
            session.state().ikeSas.stream()
                    .filter(s -> s.role == IkeSaState.Role.CANDIDATE)
                    .forEach(s -> s.lowestNonce = LOWEST);
        }
    }

    private static final class DeafToDeletes implements Fault {
        @Override
        public Features features(Features features) {
            return new OtherFeatures(features) {
                @Override
                public List<Answerer> answerers() {
                    return Stream.concat(Stream.of(new Deaf()), features.answerers().stream())
                            .toList();
                }
            };
        }

        private static final class Deaf implements Answerer {
            @Override
            public boolean answers(Session session, IkeMessage request) {
                return request.header().exchangeType().equals(ExchangeType.INFORMATIONAL)
                        && request.first(Payload.Delete.class).isPresent();
            }

            @Override
            public void answer(Session session, IkeSa sa, IkeMessage request) {
                sa.respond(List.of());
            }
        }
    }

    private static final class Hoarder implements Fault {
        @Override
        public boolean carriesOut(Node node, Effect effect) {
            return !(effect instanceof Effect.Delete);
        }
    }

    private static final class ForgetfulStore implements Fault {
        private int stored;

        @Override
        public boolean stores(Question.SaveCheckpoint save) {
            return stored++ % 3 != 2;
        }
    }

    private static final class RepeatedIvs implements Fault {
        @Override
        public void resuming(SessionState state) {
            state.ikeSas.forEach(s -> s.agree(s.suite(), s.keys(), IvCounter.startOf(0)));
        }
    }

    private static final class NeverAsks implements Fault {
        @Override
        public Features features(Features features) {
            return new OtherFeatures(features) {
                @Override
                public Task liveness(Session session) {
                    return new Nothing();
                }
            };
        }
    }

    private static final class AnswersTwice implements Fault {
        @Override
        public void handled(Session session, Event event) {
            for (IkeSa sa : session.ikeSas()) {
                IkeSaState state = sa.state();
                boolean remembers = !state.requests.answers().isEmpty();
                if (!sa.answering() && remembers && state.requests.lowest() > 1) {
                    state.requests = new RequestWindow(state.requests.lowest() - 1, Map.of());
                }
            }
        }
    }

    private static final class BreaksBeforeItMakes implements Fault {
        @Override
        public boolean carriesOut(Node node, Effect effect) {
            if (effect instanceof Effect.HandOver handOver) {
                node.sessions.stream()
                        .filter(s -> s.state().id().equals(Optional.of(handOver.from())))
                        .flatMap(s -> s.state().children.stream())
                        .forEach(c -> node.outbound.remove(c.outboundSpi));
            }
            return true;
        }
    }

    private static final class RemembersOne implements Fault {
        @Override
        public void handled(Session session, Event event) {
            for (IkeSa sa : session.ikeSas()) {
                RequestWindow window = sa.state().requests;
                if (window.answers().size() > 1 && !sa.answering()) {
                    long last = window.answers().keySet().stream()
                            .max(Long::compare)
                            .orElseThrow();
                    RequestWindow.Answer answer = window.answers().get(last);
                    sa.state().requests = new RequestWindow(Math.max(1, last - 3), Map.of(last, answer));
                }
            }
        }
    }

    private static final class Hasty implements Fault {
        @Override
        public boolean carriesOut(Node node, Effect effect) {
            if (effect instanceof Effect.Retire retire) {
                node.inbound.remove(retire.inbound().spi());
            }
            return true;
        }
    }

    private static final class Eager implements Fault {
        @Override
        public void handled(Session session, Event event) {
            session.state().children.stream()
                    .filter(c -> c.activateAt != ChildState.NEVER)
                    .forEach(c -> c.activateAt = session.now());
        }
    }

    private static final class WornRandom implements Fault {
        @Override
        public SecureRandom random(SecureRandom random) {
            return new Worn(random);
        }

        @SuppressWarnings("serial")
        private static final class Worn extends SecureRandom {
            private static final int NONCE = 32;

            private final transient SecureRandom source;
            private byte[] last = new byte[0];
            private int asked;

            Worn(SecureRandom source) {
                this.source = source;
            }

            @Override
            public void nextBytes(byte[] bytes) {
                source.nextBytes(bytes);
                if (bytes.length == NONCE && ++asked % 3 == 0 && last.length == NONCE) {
                    System.arraycopy(last, 0, bytes, 0, NONCE);
                }
                last = bytes.clone();
            }
        }
    }

    private static final class Silent implements Fault {
        @Override
        public Features features(Features features) {
            return new OtherFeatures(features) {
                @Override
                public Task withdraw(Session session, SpiKey inbound) {
                    session.state().withdrawn.remove(inbound);
                    return new Nothing();
                }
            };
        }
    }

    private static final class LosesResponses implements Fault {
        @Override
        public Features features(Features features) {
            return new OtherFeatures(features) {
                @Override
                public Task resume(Session session, TaskRecord record) {
                    return features.liveness(session);
                }
            };
        }
    }

    /** A task that is over before it begins. */
    private static final class Nothing implements Task {
        @Override
        public void begin(IkeSa sa) {
            sa.finished(this);
        }

        @Override
        public void response(IkeSa sa, IkeMessage response) {
            sa.finished(this);
        }
    }

    /** Features with one of them changed. */
    private static class OtherFeatures implements Features {
        private final Features features;

        OtherFeatures(Features features) {
            this.features = features;
        }

        @Override
        public List<Answerer> answerers() {
            return features.answerers();
        }

        @Override
        public void admit(Session session, IkeSa sa, Event.Admitted first) {
            features.admit(session, sa, first);
        }

        @Override
        public Task initiate(Session session) {
            return features.initiate(session);
        }

        @Override
        public Task createChild(Session session, Waiter waiter) {
            return features.createChild(session, waiter);
        }

        @Override
        public Task shareChild(Session session, Share wanted) {
            return features.shareChild(session, wanted);
        }

        @Override
        public Task rekeyChild(Session session, ChildState child) {
            return features.rekeyChild(session, child);
        }

        @Override
        public Task rekeyIke(Session session) {
            return features.rekeyIke(session);
        }

        @Override
        public Task deleteChild(Session session, ChildState child) {
            return features.deleteChild(session, child);
        }

        @Override
        public Task withdraw(Session session, SpiKey inbound) {
            return features.withdraw(session, inbound);
        }

        @Override
        public Task deleteIke(Session session, Reason reason) {
            return features.deleteIke(session, reason);
        }

        @Override
        public Task liveness(Session session) {
            return features.liveness(session);
        }

        @Override
        public Task resume(Session session, TaskRecord record) {
            return features.resume(session, record);
        }
    }
}
