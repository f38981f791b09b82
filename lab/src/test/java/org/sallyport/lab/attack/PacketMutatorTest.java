package org.sallyport.lab.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.sallyport.lab.attack.PacketMutator.Mutated;

class PacketMutatorTest {
    private static final int MANY = 20_000;

    private final Corpus corpus = Recorded.corpus();

    @Test
    void theSameSeedGivesTheSamePackets() {
        assertThat(packets(7, 500)).isEqualTo(packets(7, 500)).isNotEqualTo(packets(8, 500));
    }

    @Test
    void everyKindOfDamageIsAsFrequent() {
        Map<Damage, Integer> seen = new EnumMap<>(Damage.class);
        packets(1, MANY).forEach(packet -> seen.merge(packet.damage(), 1, Integer::sum));
        assertThat(seen).hasSize(4);
        assertThat(seen.values()).allSatisfy(times -> assertThat(times).isBetween(MANY / 5, MANY / 3));
    }

    @Test
    void aTruncatedPacketIsShorterThanAnyRecordedOne() {
        assertThat(damaged(Damage.TRUNCATED)).allMatch(packet -> size(packet) < Recorded.INIT_LENGTH);
        assertThat(damaged(Damage.TRUNCATED)).anyMatch(packet -> size(packet) == 0);
    }

    @Test
    void anOversizedPacketStartsAsRecordedAndGoesOnForAsLongAsCanBe() {
        List<Mutated> oversized = damaged(Damage.OVERSIZED);
        assertThat(oversized).allMatch(packet -> recorded().anyMatch(original -> isPrefix(original, packet)));
        assertThat(oversized).anyMatch(packet -> size(packet) == Datagram.LONGEST);
    }

    @Test
    void aCorruptedPacketIsNoneThatWasRecorded() {
        assertThat(damaged(Damage.CORRUPTED)).allMatch(packet -> recorded().noneMatch(original -> original.payload()
                .equals(packet.datagram().payload())));
    }

    @Test
    void aReplayedPacketIsAsRecordedAndSometimesFromElsewhere() {
        List<Mutated> replayed = damaged(Damage.REPLAYED);
        assertThat(replayed).allMatch(packet -> recorded().anyMatch(original -> original.payload()
                .equals(packet.datagram().payload())));
        assertThat(replayed)
                .anyMatch(packet -> packet.datagram().source().equals(Recorded.SOURCE))
                .anyMatch(packet -> !packet.datagram().source().equals(Recorded.SOURCE));
    }

    @Test
    void someDamagedMessagesStateTheLengthTheyHave() {
        assertThat(damaged(Damage.OVERSIZED)).anyMatch(packet -> {
            ByteBuffer payload = packet.datagram().payload();
            return packet.datagram().sourcePort() == 500 && payload.getInt(24) == payload.remaining();
        });
    }

    @Test
    void aCorpusWithoutEspIsRefused() {
        assertThatThrownBy(() -> new Corpus(List.of(Recorded.init()), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0 ESP packets");
    }

    private List<Mutated> damaged(Damage damage) {
        return packets(3, MANY).stream()
                .filter(packet -> packet.damage() == damage)
                .toList();
    }

    private List<Mutated> packets(long seed, int count) {
        PacketMutator mutator = new PacketMutator(corpus, seed);
        return Stream.generate(mutator::next).limit(count).collect(Collectors.toList());
    }

    private Stream<Datagram> recorded() {
        return Stream.concat(corpus.ike().stream(), corpus.esp().stream());
    }

    /** The stated length, at offset 24 of an IKE message, may have been adapted. */
    private static boolean isPrefix(Datagram original, Mutated grown) {
        int common = original.ikeOffset() + 24;
        return size(grown) > original.payload().remaining()
                && original.payload()
                        .slice(0, common)
                        .equals(grown.datagram().payload().slice(0, common));
    }

    private static int size(Mutated packet) {
        return packet.datagram().payload().remaining();
    }
}
