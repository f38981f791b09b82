package org.sallyport.ike.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.ike.internal.core.state.Endpoints;
import org.sallyport.ike.internal.message.Bytes;

/** A peer that did not get the answer to its DELETE asks again when the IKE SA is long gone. */
class LastAnswersTest {
    private static final long SECOND = 1000 * World.MS;

    private final World world = new World(11);

    /** Deletes the IKE SA while the first answers are lost; returns what bob answered in all. */
    private List<World.Sent> deleteWhileAnswersAreLost(int lost) {
        long one = world.a.negotiate("p0", world.now + 8 * SECOND, world.now);
        world.run(SECOND);
        assertThat(world.a.results.get(one)).isInstanceOf(NegotiationResult.Established.class);
        world.sent.clear();
        int[] left = {lost};
        world.drop = s -> s.from() == world.b && left[0]-- > 0;
        world.a.feed(
                world.a.only(),
                new Event.DeleteIke(Reason.of(ReasonCode.DELETED_BY_ADMINISTRATOR, "a test")),
                world.now);
        world.run(200 * World.MS);
        assertThat(world.b.sessions).as("nothing is kept for that").isEmpty();
        world.run(4 * SECOND);
        return world.sent.stream().filter(s -> s.from() == world.b).toList();
    }

    @Test
    void itIsAnsweredAgainAsBefore() {
        List<World.Sent> answers = deleteWhileAnswersAreLost(2);
        assertThat(answers).hasSize(3);
        assertThat(answers.stream().map(World.Sent::message).distinct()).hasSize(1);
        assertThat(world.a.sessions).isEmpty();
    }

    @Test
    void anotherRequestIsNot() {
        deleteWhileAnswersAreLost(1);
        World.Sent delete = world.sent.stream()
                .filter(s -> s.from() == world.a)
                .reduce((first, second) -> second)
                .orElseThrow();
        int before = world.sent.size();
        byte[] forged = delete.message().toArray();
        forged[forged.length - 1] ^= 1;
        world.b.receive(new Endpoints(world.b.address, world.a.address), Bytes.of(forged), world.now);
        assertThat(world.sent.subList(before, world.sent.size()))
                .allSatisfy(s -> assertThat(s.message()).isNotEqualTo(answerOf(before)));
    }

    private Bytes answerOf(int before) {
        return world.sent.subList(0, before).stream()
                .filter(s -> s.from() == world.b)
                .reduce((first, second) -> second)
                .orElseThrow()
                .message();
    }

    @Test
    void itIsForgottenInTime() {
        deleteWhileAnswersAreLost(1);
        World.Sent delete =
                world.sent.stream().filter(s -> s.from() == world.a).findFirst().orElseThrow();
        world.run(Tuning.DEFAULT.lingerTime().toNanos());
        int before = world.sent.size();
        world.b.receive(new Endpoints(world.b.address, world.a.address), delete.message(), world.now);
        assertThat(world.sent.subList(before, world.sent.size()))
                .allSatisfy(s -> assertThat(s.message()).isNotEqualTo(answerOf(before)));
    }
}
