package org.sallyport.lab.attack;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes hostile packets out of recorded ones without end: IKE and ESP, each kind of damage, evenly. The same corpus and
 * seed give the same packets. Not thread safe.
 */
public final class PacketMutator {
    /** One in so many oversized packets is as long as a datagram can be; the others stay below the second bound. */
    private static final int LONGEST_ONE_IN = 64;

    private static final int USUALLY_ADDED = 3000;
    private static final int ELSEWHERE_ONE_IN = 8;
    private static final int FLIPS = 16;
    private static final int ESP_HEADER = 8;
    private static final List<Damage> DAMAGES = List.of(Damage.values());
    private static final int[] EVIL_LENGTHS = {0, 1, 3, 4, 5, 0x7fff, 0x8000, 0xfffc, 0xffff};

    private final Corpus corpus;
    private final SplittableRandom random;
    private final Set<ByteBuffer> recorded;

    public PacketMutator(Corpus corpus, long seed) {
        this.corpus = corpus;
        this.random = new SplittableRandom(seed);
        this.recorded = Stream.concat(corpus.ike().stream(), corpus.esp().stream())
                .map(Datagram::payload)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** A hostile packet and what was done to it. */
    public record Mutated(Damage damage, Datagram datagram) {}

    /** The next one. */
    public Mutated next() {
        Datagram original = pick(random.nextBoolean() ? corpus.ike() : corpus.esp());
        Damage damage = DAMAGES.get(random.nextInt(DAMAGES.size()));
        return new Mutated(
                damage,
                switch (damage) {
                    case TRUNCATED -> truncated(original);
                    case OVERSIZED -> oversized(original);
                    case CORRUPTED -> corrupted(original);
                    case REPLAYED -> replayed(original);
                });
    }

    private Datagram truncated(Datagram original) {
        byte[] whole = original.bytes();
        byte[] cut = Arrays.copyOf(whole, random.nextInt(whole.length));
        return original.with(perhapsStatingLength(original, cut));
    }

    private Datagram oversized(Datagram original) {
        byte[] whole = original.bytes();
        int room = Datagram.LONGEST - whole.length;
        int added = random.nextInt(LONGEST_ONE_IN) == 0 ? room : 1 + random.nextInt(Math.min(room, USUALLY_ADDED));
        byte[] tail = new byte[added];
        random.nextBytes(tail);
        byte[] grown = Arrays.copyOf(whole, whole.length + added);
        System.arraycopy(tail, 0, grown, whole.length, added);
        return original.with(perhapsStatingLength(original, grown));
    }

    /** Half of the packets state the length they have, so that they get past the first check of it. */
    private byte[] perhapsStatingLength(Datagram original, byte[] content) {
        if (original.isIke() && random.nextBoolean()) {
            new IkeMessage(ByteBuffer.wrap(content), original.ikeOffset()).stateLength();
        }
        return content;
    }

    private Datagram corrupted(Datagram original) {
        byte[] content = original.bytes();
        switch (random.nextInt(4)) {
            case 0 -> flipBits(content);
            case 1 -> overwriteNumber(original, content);
            case 2 -> splice(original, content);
            default -> lie(original, content);
        }
        return original.with(recorded.contains(ByteBuffer.wrap(content)) ? flipBits(content) : content);
    }

    /** Distinct positions, so that no flip undoes another. */
    private byte[] flipBits(byte[] content) {
        int bits = content.length * Byte.SIZE;
        int at = random.nextInt(bits);
        int step = 1 + random.nextInt(Math.max(1, bits / (FLIPS + 1)));
        int flips = 1 + random.nextInt(FLIPS);
        for (int flip = 0; flip < flips; flip++, at += step) {
            content[at / Byte.SIZE % content.length] ^= (byte) (1 << at % Byte.SIZE);
        }
        return content;
    }

    /** The SPI, the sequence number or message id, or any other word becomes a random one. */
    private void overwriteNumber(Datagram original, byte[] content) {
        int interesting = original.isEsp() ? ESP_HEADER : content.length;
        int words = interesting / Integer.BYTES;
        ByteBuffer.wrap(content).putInt(random.nextInt(words) * Integer.BYTES, random.nextInt());
    }

    /** The end of another recorded packet of the same sort. */
    private void splice(Datagram original, byte[] content) {
        byte[] other = pick(original.isEsp() ? corpus.esp() : corpus.ike()).bytes();
        int from = random.nextInt(content.length);
        int length = Math.min(content.length, other.length) - from;
        if (length > 0) {
            System.arraycopy(other, from, content, from, length);
        }
    }

    /** A payload states a length that is not its own; for ESP the next packet's number comes with wrong contents. */
    private void lie(Datagram original, byte[] content) {
        ByteBuffer data = ByteBuffer.wrap(content);
        if (original.isEsp()) {
            data.putInt(Integer.BYTES, data.getInt(Integer.BYTES) + 1 + random.nextInt(1 << 20));
            return;
        }
        List<IkeMessage.Payload> payloads = new IkeMessage(data, original.ikeOffset()).payloads();
        if (!payloads.isEmpty()) {
            int offset = payloads.get(random.nextInt(payloads.size())).lengthOffset();
            data.putShort(offset, (short) EVIL_LENGTHS[random.nextInt(EVIL_LENGTHS.length)]);
        }
    }

    private Datagram replayed(Datagram original) {
        return random.nextInt(ELSEWHERE_ONE_IN) == 0
                ? original.from(Elsewhere.address(random), 1024 + random.nextInt(60_000))
                : original;
    }

    private Datagram pick(List<Datagram> choice) {
        return choice.get(random.nextInt(choice.size()));
    }
}
