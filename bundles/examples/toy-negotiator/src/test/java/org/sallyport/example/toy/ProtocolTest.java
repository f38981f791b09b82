package org.sallyport.example.toy;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.negotiation.ConnectionEvent;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;

/** Two sides in memory, with a network in between that does what a test says. */
@Timeout(60)
class ProtocolTest {
    private static final long MS = 1_000_000L;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Side west = new Side("west", "east", "192.0.2.1", "192.0.2.2", "10.1.0.0/16", "10.2.0.0/16");
    private final Side east = new Side("east", "west", "192.0.2.2", "192.0.2.1", "10.2.0.0/16", "10.1.0.0/16");
    private final List<byte[]> seen = new ArrayList<>();
    private Predicate<byte[]> lost = datagram -> false;
    private long now = 1;

    /** Carries datagrams and lets time pass. */
    private void run(Duration time) {
        long end = now + time.toNanos();
        while (true) {
            while (carry(west, east) || carry(east, west)) {}
            long next = Math.min(west.protocol.deadline(), east.protocol.deadline());
            if (next > end) {
                now = end;
                return;
            }
            now = Math.max(now, next);
            west.protocol.tick(now);
            east.protocol.tick(now);
        }
    }

    private boolean carry(Side from, Side to) {
        Side.Datagram datagram = from.sent.poll();
        if (datagram == null) {
            return false;
        }
        assertThat(datagram.to()).isEqualTo(to.address);
        seen.add(datagram.octets());
        if (!lost.test(datagram.octets())) {
            to.protocol.received(from.address, datagram.octets(), now);
        }
        return true;
    }

    private NegotiationResult negotiate() {
        Ticket ticket = west.negotiate(now, PATIENCE);
        run(Duration.ofSeconds(6));
        return result(ticket);
    }

    private static NegotiationResult result(Ticket ticket) {
        try {
            return ticket.result().toCompletableFuture().get(1, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("it is still under way", e);
        }
    }

    private static Reason refusal(NegotiationResult result) {
        return ((NegotiationResult.Refused) result).reason();
    }

    private void assertPairsFit() {
        Side.Pair ours = west.onlyPair();
        Side.Pair theirs = east.onlyPair();
        assertThat(ours.out).isEqualTo(theirs.in).isNotEqualTo(ours.in);
        assertThat(theirs.out).isEqualTo(ours.in);
        assertThat(ours.peerSpi).isEqualTo(east.pairs.keySet().iterator().next().spi());
        assertThat(theirs.peerSpi)
                .isEqualTo(west.pairs.keySet().iterator().next().spi());
        assertThat(ours.spec.selectors().local())
                .isEqualTo(theirs.spec.selectors().remote());
        assertThat(ours.spec.peerIdentity()).isEqualTo("east.example");
        assertThat(theirs.spec.peerIdentity()).isEqualTo("west.example");
        assertThat(ours.spec.initiator()).isTrue();
        assertThat(theirs.spec.initiator()).isFalse();
    }

    @Test
    void aPairStandsAfterFourDatagrams() {
        assertThat(negotiate()).isInstanceOf(NegotiationResult.Established.class);
        assertThat(seen).hasSize(4);
        assertPairsFit();
        assertThat(west.events).extracting(ConnectionEvent::kind).containsExactly(ConnectionEvent.Kind.IKE_UP);
    }

    @Test
    void keysAreFreshAndNowhereOnTheWire() {
        negotiate();
        byte[] first = west.onlyPair().out;
        assertThat(seen).noneMatch(d -> contains(d, Arrays.copyOf(first, 16)));
        west.protocol.delete(west.onlyPair().spec.lineage(), Reason.of(ReasonCode.UNNEEDED, "1m"));
        run(Duration.ofSeconds(1));
        negotiate();
        assertThat(west.onlyPair().out).isNotEqualTo(first);
    }

    private static boolean contains(byte[] whole, byte[] part) {
        for (int at = 0; at + part.length <= whole.length; at++) {
            if (Arrays.equals(whole, at, at + part.length, part, 0, part.length)) {
                return true;
            }
        }
        return false;
    }

    @Test
    void eachDatagramMayBeLost() {
        for (int number = 1; number <= 4; number++) {
            int which = number;
            int[] count = {0};
            lost = datagram -> ++count[0] == which;
            assertThat(negotiate()).as("without datagram %d", number).isInstanceOf(NegotiationResult.Established.class);
            assertPairsFit();
            west.protocol.delete(west.onlyPair().spec.lineage(), Reason.of(ReasonCode.UNNEEDED, "1m"));
            lost = datagram -> false;
            run(Duration.ofSeconds(6));
            assertThat(west.pairs).isEmpty();
            assertThat(east.pairs).isEmpty();
        }
    }

    @Test
    void whoDoesNotKnowTheSecretIsNotAnswered() {
        west.secret = "another";
        assertThat(negotiate()).isInstanceOf(NegotiationResult.Unreachable.class);
        assertThat(east.reserved).isEmpty();
        assertThat(seen).allMatch(d -> d[5] == Messages.HELLO);
    }

    @Test
    void whoAnswersWithoutKnowingTheSecretIsNotHeard() throws Exception {
        Side mallory = new Side("east", "west", "192.0.2.2", "192.0.2.1", "10.2.0.0/16", "10.1.0.0/16");
        Ticket ticket = west.negotiate(now, PATIENCE);
        Messages.Hello hello = (Messages.Hello)
                Messages.read(java.util.Objects.requireNonNull(west.sent.peek()).octets());
        byte[] forged = Messages.join(
                new Messages.Answer(hello.session(), 7, mallory.protocol.nonce(), hello.value(), new byte[32]).body(),
                new byte[32]);
        west.protocol.received(east.address, forged, now);
        assertThat(west.reserved).isEmpty();
        run(Duration.ofSeconds(1));
        assertThat(result(ticket)).as("the genuine answer is heard").isInstanceOf(NegotiationResult.Established.class);
    }

    @Test
    void whatWasRecordedIsOfNoUse() {
        negotiate();
        List<byte[]> recorded = List.copyOf(seen);
        int reservedWest = west.reserved.size();
        int reservedEast = east.reserved.size();
        for (byte[] each : recorded) {
            west.protocol.received(east.address, each, now);
            east.protocol.received(west.address, each, now);
        }
        run(Duration.ofSeconds(9));
        assertThat(west.reserved).hasSize(reservedWest);
        assertThat(east.reserved).hasSize(reservedEast);
        east.protocol.stop();
        east.sent.clear();
        Side restarted = new Side("east", "west", "192.0.2.2", "192.0.2.1", "10.2.0.0/16", "10.1.0.0/16");
        recorded.forEach(each -> restarted.protocol.received(west.address, each, now));
        restarted.protocol.tick(now + 6_000 * MS);
        assertThat(restarted.reserved)
                .as("one that has forgotten everything makes no pair either")
                .isEmpty();
        assertThat(restarted.protocol.deadline()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void everyOctetMatters() {
        Random random = new Random(1);
        for (int round = 0; round < 200; round++) {
            int[] count = {0};
            int which = 1 + round % 4;
            List<byte[]> damaged = new ArrayList<>();
            lost = datagram -> {
                if (++count[0] == which) {
                    byte[] copy = datagram.clone();
                    copy[random.nextInt(copy.length)] ^= (byte) (1 << random.nextInt(8));
                    damaged.add(copy);
                    return true;
                }
                return false;
            };
            Ticket ticket = west.negotiate(now, PATIENCE);
            while (carry(west, east) || carry(east, west)) {}
            Side hearer = which % 2 == 1 ? east : west;
            Side teller = which % 2 == 1 ? west : east;
            damaged.forEach(each -> hearer.protocol.received(teller.address, each, now));
            lost = datagram -> false;
            run(Duration.ofSeconds(6));
            assertThat(result(ticket)).isInstanceOf(NegotiationResult.Established.class);
            assertPairsFit();
            west.protocol.delete(west.onlyPair().spec.lineage(), Reason.of(ReasonCode.UNNEEDED, "1m"));
            run(Duration.ofSeconds(6));
        }
    }

    @Test
    void rubbishIsPassedOver() {
        Random random = new Random(2);
        negotiate();
        byte[] genuine = seen.getFirst();
        for (int round = 0; round < 20_000; round++) {
            byte[] octets = new byte[random.nextInt(300)];
            random.nextBytes(octets);
            System.arraycopy(genuine, 0, octets, 0, Math.min(octets.length, random.nextInt(7)));
            east.protocol.received(west.address, octets, now);
        }
        assertPairsFit();
        assertThat(east.sent).isEmpty();
    }

    @Test
    void strangersCostABoundedAmount() {
        for (int i = 0; i < 500; i++) {
            west.negotiate(now, Duration.ofSeconds(60));
            while (carry(west, east)) {}
        }
        assertThat(east.sent).hasSizeLessThanOrEqualTo(Door.HELLOS_PER_SECOND);
        now += 10_000 * MS;
        east.protocol.tick(now);
        assertThat(east.protocol.deadline()).as("half-open ones are gone").isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aSuccessorTakesOverAndTheOldPairStillReceivesForAWhile() {
        negotiate();
        var lineage = west.onlyPair().spec.lineage();
        byte[] old = west.onlyPair().out;
        west.protocol.rekey(lineage, now);
        east.protocol.rekey(east.onlyPair().spec.lineage(), now);
        run(Duration.ofMillis(100));
        assertThat(west.pairs.values()).extracting(p -> p.retired).containsExactly(true, false);
        assertThat(east.pairs.values()).extracting(p -> p.retired).containsExactly(true, false);
        run(Duration.ofSeconds(3));
        assertPairsFit();
        assertThat(west.onlyPair().out).isNotEqualTo(old);
        assertThat(west.onlyPair().spec.lineage()).isEqualTo(lineage);
        assertThat(west.ended.values()).containsExactly(Reason.of(ReasonCode.REKEYED));
        west.protocol.rekey(lineage, now);
        run(Duration.ofSeconds(3));
        assertPairsFit();
    }

    @Test
    void theOtherSideHearsOfTheEnd() {
        negotiate();
        Reason reason = Reason.of(ReasonCode.DELETED_BY_ADMINISTRATOR, "somebody");
        west.protocol.delete(west.onlyPair().spec.lineage().ikeSa(), reason);
        run(Duration.ofSeconds(1));
        assertThat(west.ended.values()).containsExactly(reason);
        assertThat(east.ended.values()).containsExactly(Reason.of(ReasonCode.DELETED_BY_PEER, "west"));
        assertThat(east.events).extracting(ConnectionEvent::kind).last().isEqualTo(ConnectionEvent.Kind.IKE_DOWN);
    }

    @Test
    void oneThatStopsEndsItsPairsWithAReason() {
        negotiate();
        west.protocol.stop();
        run(Duration.ofSeconds(1));
        assertThat(west.ended.values()).containsExactly(Reason.of(ReasonCode.NEGOTIATOR_STOPPED, "toy"));
        assertThat(east.pairs).isEmpty();
    }

    @Test
    void aSilentPeerIsNoticed() {
        negotiate();
        lost = datagram -> true;
        run(Duration.ofSeconds(15));
        assertThat(west.ended.values()).containsExactly(Reason.of(ReasonCode.PEER_DEAD, "east"));
        assertThat(east.ended.values()).containsExactly(Reason.of(ReasonCode.PEER_DEAD, "west"));
    }

    @Test
    void aLivingPeerIsKept() {
        negotiate();
        run(Duration.ofMinutes(5));
        assertPairsFit();
    }

    @Test
    void policyIsAskedOnBothSides() {
        east.policy = Side.policy("west", "10.2.1.0/24", "10.1.0.0/16").build();
        Reason refused = refusal(negotiate());
        assertThat(refused.code()).isEqualTo(ReasonCode.PEER_REFUSED);
        assertThat(refused.text()).contains("no policy allows");
        assertThat(west.pairs).isEmpty();
        assertThat(east.pairs).isEmpty();
    }

    @Test
    void whatItCannotDoIsSaid() {
        west.policy = Side.policy("east", "10.1.0.0/16", "10.2.0.0/16")
                .proposals(List.of(org.sallyport.api.proposal.Proposal.esp("aes128gcm16-esn")))
                .build();
        assertThat(refusal(negotiate()).text()).contains("aes256gcm16-esn");
    }

    @Test
    void whoCancelsWaitsNoLonger() {
        lost = datagram -> true;
        Ticket ticket = west.negotiate(now, PATIENCE);
        ticket.cancel();
        run(Duration.ofSeconds(2));
        assertThat(refusal(result(ticket)).code()).isEqualTo(ReasonCode.CANCELLED);
        assertThat(west.protocol.deadline()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void onlyTheConfiguredAddressIsHeard() {
        west.negotiate(now, PATIENCE);
        byte[] hello = java.util.Objects.requireNonNull(west.sent.poll()).octets();
        east.protocol.received(new InetSocketAddress(Addresses.parse("192.0.2.9"), 4545), hello, now);
        assertThat(east.sent).isEmpty();
        assertThat(Optional.ofNullable(east.sent.peek())).isEmpty();
    }
}
