package org.sallyport.webui.internal.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.sallyport.api.admin.ChildSaView;
import org.sallyport.api.admin.ConnectionControl;
import org.sallyport.api.negotiation.Negotiation;
import org.sallyport.api.negotiation.NegotiationRequest;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.negotiation.Negotiator;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.webui.internal.Samples;

class GuardedOperationsTest {
    private static final User ADMIN = new User("alice", Role.ADMIN);
    private static final User VIEWER = new User("bob", Role.VIEWER);

    private final ChildSaView sa = Samples.sa(1, Duration.ofMinutes(1));
    private final Recorder recorder = new Recorder();
    private final GuardedOperations operations = new GuardedOperations();

    @Test
    void anAdministratorRekeysAndDeletes() {
        operations.addNegotiator(recorder, Map.of(Negotiator.NAME, "ikev2"));
        assertThat(operations.rekey(ADMIN, sa).done()).isTrue();
        assertThat(operations.delete(ADMIN, sa).done()).isTrue();
        assertThat(recorder.calls)
                .containsExactly(
                        "rekey " + sa.lineage(),
                        "delete " + sa.lineage() + " because "
                                + Reason.of(ReasonCode.DELETED_BY_ADMINISTRATOR, "alice"));
    }

    @Test
    void aViewerIsRefusedWhateverThePageShows() {
        operations.addNegotiator(recorder, Map.of(Negotiator.NAME, "ikev2"));
        assertThat(operations.rekey(VIEWER, sa).done()).isFalse();
        assertThat(operations.delete(VIEWER, sa).done()).isFalse();
        assertThat(operations.capture(VIEWER, "").done()).isFalse();
        assertThat(recorder.calls).isEmpty();
    }

    @Test
    void connectionsAreBroughtUpAndTakenDownByAdministratorsAlone() {
        assertThat(operations.bringUp(ADMIN, "west").text()).contains("not running");
        List<String> asked = new ArrayList<>();
        operations.connections = new ConnectionControl() {
            @Override
            public CompletionStage<List<Attempt>> up(String connection) {
                if (!connection.equals("west")) {
                    throw new IllegalArgumentException("no connection is called \"" + connection + "\"");
                }
                asked.add("up " + connection);
                return new CompletableFuture<>();
            }

            @Override
            public int down(String connection, String who) {
                asked.add("down " + connection + " by " + who);
                return 1;
            }
        };
        assertThat(operations.bringUp(VIEWER, "west").done()).isFalse();
        assertThat(operations.takeDown(VIEWER, "west").done()).isFalse();
        assertThat(asked).isEmpty();
        assertThat(operations.bringUp(ADMIN, "west").done()).isTrue();
        assertThat(operations.takeDown(ADMIN, "west").done()).isTrue();
        assertThat(asked).containsExactly("up west", "down west by alice");
        assertThat(operations.bringUp(ADMIN, "wset").text()).isEqualTo("no connection is called \"wset\".");
    }

    @Test
    void saysWhatIsNotRunning() {
        assertThat(operations.rekey(ADMIN, sa).text()).contains("ikev2").contains("not running");
        assertThat(operations.capture(ADMIN, "").text()).isEqualTo("The capture is not running.");
        operations.addNegotiator(recorder, Map.of(Negotiator.NAME, "ikev2"));
        operations.removeNegotiator(recorder, Map.of(Negotiator.NAME, "ikev2"));
        assertThat(operations.delete(ADMIN, sa).done()).isFalse();
        assertThat(recorder.calls).isEmpty();
    }

    private static final class Recorder implements Negotiator {
        private final List<String> calls = new ArrayList<>();

        @Override
        public Negotiation negotiate(NegotiationRequest request, Duration deadline) {
            return new Negotiation() {
                @Override
                public CompletionStage<NegotiationResult> result() {
                    return new CompletableFuture<>();
                }

                @Override
                public void cancel() {}
            };
        }

        @Override
        public void rekey(ChildSaId lineage) {
            calls.add("rekey " + lineage);
        }

        @Override
        public void rekey(IkeSaId ikeSa) {
            calls.add("rekey " + ikeSa);
        }

        @Override
        public void delete(ChildSaId lineage, Reason reason) {
            calls.add("delete " + lineage + " because " + reason);
        }

        @Override
        public void delete(IkeSaId ikeSa, Reason reason) {
            calls.add("delete " + ikeSa + " because " + reason);
        }
    }
}
