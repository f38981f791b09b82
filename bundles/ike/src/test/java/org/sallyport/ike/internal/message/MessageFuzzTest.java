package org.sallyport.ike.internal.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.ike.internal.keys.Recording;
import org.sallyport.ike.internal.keys.SkCipher;

/** Whatever the octets, reading them gives a value that can be written, or a protocol error. */
@Timeout(120)
class MessageFuzzTest {
    private static final long SEED = 20250904;
    private static final int PLAIN = 500_000;
    private static final int INNER = 500_000;
    private static final int SEALED = 20_000;

    private final SplittableRandom random = new SplittableRandom(SEED);
    private int read;

    @Test
    void damagedMessagesGiveOnlyProtocolErrors() throws Exception {
        List<byte[]> seeds = new ArrayList<>();
        for (Recording recording : Recording.all().toList()) {
            recording.datagrams().forEach(datagram -> seeds.add(datagram.octets()));
            for (IkeMessage message : recording.messages()) {
                seeds.add(MessageEncoder.encode(message)); // the sealed ones in clear, so that all kinds are damaged
            }
        }
        for (int i = 0; i < PLAIN; i++) {
            byte[] damaged = damage(seeds.get(random.nextInt(seeds.size())));
            if (random.nextBoolean()) {
                correctLength(damaged);
            }
            readMessage(damaged);
        }
        assertThat(read).as("some damage is harmless").isGreaterThan(PLAIN / 100);
    }

    private void readMessage(byte[] octets) {
        try {
            IkeMessage message = MessageDecoder.decode(octets);
            IkeMessage again = MessageDecoder.decode(MessageEncoder.encode(message));
            if (!again.equals(message) || message.toString().isEmpty()) {
                throw new AssertionError(
                        "not the same after writing: " + HexFormat.of().formatHex(octets));
            }
            read++;
        } catch (IkeProtocolException e) {
            requireNamed(e);
        } catch (RuntimeException e) {
            throw new AssertionError(HexFormat.of().formatHex(octets), e);
        }
    }

    @Test
    void damagedEncryptedPayloadsGiveOnlyProtocolErrors() throws Exception {
        List<List<Payload>> seeds = new ArrayList<>();
        for (Recording recording : Recording.all().toList()) {
            recording.messages().stream()
                    .map(IkeMessage::payloads)
                    .filter(payloads -> !payloads.isEmpty())
                    .forEach(seeds::add);
        }
        for (int i = 0; i < INNER; i++) {
            List<Payload> payloads = seeds.get(random.nextInt(seeds.size()));
            byte[] damaged = damage(MessageEncoder.encodePayloads(payloads));
            readPayloads(MessageEncoder.firstType(payloads), damaged);
        }
        assertThat(read).as("some damage is harmless").isGreaterThan(INNER / 100);
    }

    private void readPayloads(PayloadType first, byte[] octets) {
        try {
            List<Payload> payloads = MessageDecoder.decodePayloads(first, octets);
            byte[] written = MessageEncoder.encodePayloads(payloads);
            if (!MessageDecoder.decodePayloads(first, written).equals(payloads)) {
                throw new AssertionError(
                        "not the same after writing: " + HexFormat.of().formatHex(octets));
            }
            read++;
        } catch (IkeProtocolException e) {
            requireNamed(e);
        } catch (RuntimeException e) {
            throw new AssertionError(first + " " + HexFormat.of().formatHex(octets), e);
        }
    }

    @Test
    void damagedSealedMessagesAreNeverGenuine() throws Exception {
        Recording recording = Recording.X25519;
        List<Recording.Datagram> datagrams = recording.datagrams();
        SkCipher cipher = new SkCipher(recording.ikeProtection());
        for (int i = 0; i < SEALED; i++) {
            byte[] genuine =
                    datagrams.get(2 + random.nextInt(datagrams.size() - 2)).octets();
            byte[] damaged = damage(genuine);
            if (random.nextBoolean()) {
                correctLength(damaged);
            }
            if (Arrays.equals(genuine, damaged)) {
                continue;
            }
            try (SecretBytes key = recording.encryptionKey(MessageDecoder.decodeHeader(genuine))) {
                assertThat(cipher.open(Recording.withoutIntegrity(key), damaged))
                        .isInstanceOf(SkCipher.Opened.Dropped.class);
            }
        }
    }

    @Test
    void randomOctetsGiveOnlyProtocolErrors() {
        for (int i = 0; i < 100_000; i++) {
            byte[] octets = new byte[random.nextInt(200)];
            random.nextBytes(octets);
            if (octets.length > 17) {
                octets[17] = 0x20;
                octets[16] = (byte) (33 + random.nextInt(22));
            }
            correctLength(octets);
            readMessage(octets);
        }
    }

    private static void requireNamed(IkeProtocolException e) {
        if (!e.type().isError() || e.getMessage() == null) {
            throw new AssertionError(e);
        }
    }

    private byte[] damage(byte[] genuine) {
        byte[] octets =
                switch (random.nextInt(8)) {
                    case 0 -> Arrays.copyOf(genuine, random.nextInt(genuine.length + 1));
                    case 1 -> Arrays.copyOf(genuine, genuine.length + random.nextInt(64));
                    default -> genuine.clone();
                };
        if (octets.length == 0) {
            return octets;
        }
        int changes = random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(octets.length);
            switch (random.nextInt(4)) {
                case 0 -> octets[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> octets[at] = (byte) random.nextInt();
                case 2 -> octets[at] = (byte) (random.nextBoolean() ? 0 : 0xff);
                default -> splice(octets, at);
            }
        }
        return octets;
    }

    private void splice(byte[] octets, int at) {
        int length = random.nextInt(octets.length - at + 1);
        System.arraycopy(octets, random.nextInt(octets.length - length + 1), octets, at, length);
    }

    private static void correctLength(byte[] octets) {
        if (octets.length >= IkeHeader.LENGTH) {
            octets[24] = 0;
            octets[25] = 0;
            octets[26] = (byte) (octets.length >> 8);
            octets[27] = (byte) octets.length;
        }
    }
}
