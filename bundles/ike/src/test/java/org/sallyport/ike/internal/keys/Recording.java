package org.sallyport.ike.internal.keys;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.CryptoRegistry;
import org.sallyport.crypto.Prf;
import org.sallyport.crypto.Protection;
import org.sallyport.crypto.StandardProviders;
import org.sallyport.crypto.UnavailableTransformException;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.ExchangeType;
import org.sallyport.ike.internal.message.IkeHeader;
import org.sallyport.ike.internal.message.IkeMessage;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.MessageDecoder;

/** What two charons said to each other, with the keys they logged. */
public final class Recording {
    /** AES-GCM-128, HMAC-SHA-256, x25519. */
    public static final Recording X25519 = new Recording("x25519-aes128-sha256", 128, 5, 128);
    /** AES-GCM-256, HMAC-SHA-384, ECP-256. */
    public static final Recording ECP_256 = new Recording("ecp256-aes256-sha384", 256, 6, 256);
    /** AES-GCM-256, HMAC-SHA-512, ECP-384; ESP with AES-GCM-192. */
    public static final Recording ECP_384 = new Recording("ecp384-aes256-sha512", 256, 7, 192);
    /** A certificate, EAP and a configuration payload. */
    public static final Recording EAP = new Recording("certificate-eap-configuration", 128, 5, 128);

    /**
     * One datagram.
     *
     * @param from its source
     * @param to its destination
     * @param summary exchange, direction and message id
     * @param payloads the payload list as strongSwan writes it
     * @param wire octets without a non-ESP marker
     */
    public record Datagram(InetSocketAddress from, InetSocketAddress to, String summary, String payloads, Bytes wire) {
        /** The octets as an array of the caller's own. */
        public byte[] octets() {
            return wire.toArray();
        }

        @Override
        public String toString() {
            return summary;
        }
    }

    private final CryptoRegistry registry = CryptoRegistry.of(StandardProviders.all());
    private final String name;
    private final int ikeBits;
    private final int prfId;
    private final int childBits;
    private final Properties properties = new Properties();

    private Recording(String name, int ikeBits, int prfId, int childBits) {
        this.name = name;
        this.ikeBits = ikeBits;
        this.prfId = prfId;
        this.childBits = childBits;
        try (InputStream in =
                Recording.class.getResourceAsStream("/org/sallyport/ike/recordings/" + name + ".properties")) {
            properties.load(new InputStreamReader(in, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those with a pre-shared key on both sides. */
    public static Stream<Recording> withSharedKey() {
        return Stream.of(X25519, ECP_256, ECP_384);
    }

    /** All of them. */
    public static Stream<Recording> all() {
        return Stream.concat(withSharedKey(), Stream.of(EAP));
    }

    /** The PRF of its IKE SAs. */
    public Prf prf() {
        try {
            return registry.prf(prfId);
        } catch (UnavailableTransformException e) {
            throw new AssertionError(e);
        }
    }

    /** What protects the messages of its IKE SAs. */
    public Protection ikeProtection() {
        return aesGcm(ikeBits);
    }

    /** What protects the packets of its Child SAs. */
    public Protection childProtection() {
        return aesGcm(childBits);
    }

    private Protection aesGcm(int bits) {
        try {
            return Protection.of(registry, 20, bits, 0);
        } catch (UnavailableTransformException e) {
            throw new AssertionError(e);
        }
    }

    /** Every datagram, in order. */
    public List<Datagram> datagrams() {
        List<Datagram> datagrams = new ArrayList<>();
        for (int i = 0; i < number("messages"); i++) {
            String key = "message." + i + ".";
            datagrams.add(new Datagram(
                    address(text(key + "from")),
                    address(text(key + "to")),
                    text(key + "summary"),
                    text(key + "payloads"),
                    Bytes.of(octets(key + "octets"))));
        }
        return datagrams;
    }

    /** Every message, opened with the logged keys. */
    public List<IkeMessage> messages() throws IkeProtocolException {
        List<IkeMessage> messages = new ArrayList<>();
        for (Datagram datagram : datagrams()) {
            IkeHeader header = MessageDecoder.decodeHeader(datagram.octets());
            messages.add(
                    header.exchangeType().equals(ExchangeType.IKE_SA_INIT)
                            ? MessageDecoder.decode(datagram.octets())
                            : open(datagram, header));
        }
        return messages;
    }

    private IkeMessage open(Datagram datagram, IkeHeader header) throws IkeProtocolException {
        try (SecretBytes key = encryptionKey(header)) {
            return switch (new SkCipher(ikeProtection()).open(withoutIntegrity(key), datagram.octets())) {
                case SkCipher.Opened.Genuine(IkeMessage message) -> message;
                case SkCipher.Opened.Piece _ -> throw new AssertionError(datagram + " is a fragment");
                case SkCipher.Opened.Dropped(String why) -> throw new AssertionError(datagram + ": " + why);
            };
        }
    }

    /** The keys of one direction with an AEAD. */
    public static DirectionKeys withoutIntegrity(SecretBytes key) {
        return new DirectionKeys(key, SecretBytes.owning(new byte[0]));
    }

    /** The logged key that protects a message. */
    public SecretBytes encryptionKey(IkeHeader header) {
        return secret("ike." + ikeSa(header) + (header.fromInitiator() ? ".sk_ei" : ".sk_er"));
    }

    private int ikeSa(IkeHeader header) {
        List<Long> spis =
                datagrams().stream().map(d -> spi(d.octets())).distinct().toList();
        return spis.indexOf(header.initiatorSpi());
    }

    private static long spi(byte[] octets) {
        try {
            return MessageDecoder.decodeHeader(octets).initiatorSpi();
        } catch (IkeProtocolException e) {
            throw new AssertionError(e);
        }
    }

    /** A logged value as text. */
    public String text(String key) {
        String value = properties.getProperty(key);
        if (value == null) {
            throw new IllegalArgumentException(name + " has no " + key);
        }
        return value;
    }

    /** A logged value as octets. */
    public byte[] octets(String key) {
        return HexFormat.of().parseHex(text(key));
    }

    /** A logged value as a secret. */
    public SecretBytes secret(String key) {
        return SecretBytes.owning(octets(key));
    }

    private int number(String key) {
        return Integer.parseInt(text(key));
    }

    private static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        return new InetSocketAddress(
                InetAddress.ofLiteral(text.substring(0, colon)), Integer.parseInt(text.substring(colon + 1)));
    }

    @Override
    public String toString() {
        return name;
    }
}
