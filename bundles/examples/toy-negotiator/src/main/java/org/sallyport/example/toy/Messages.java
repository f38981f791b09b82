package org.sallyport.example.toy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The datagrams. Each begins with "SPTY", a version and a type.
 *
 * <pre>
 * HELLO   1  initiator's session(8) nonce(32) X25519 value(32) identity, identity wanted, MAC(32)
 * ANSWER  2  initiator's session(8) responder's session(8) nonce(32) X25519 value(32) MAC(32)
 * SEALED  3  receiver's session(8) counter(8) AES-256-GCM of a {@link Talk}
 * </pre>
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
sealed interface Messages {
    int MAGIC = 0x53505459;
    int VERSION = 1;
    int HELLO = 1;
    int ANSWER = 2;
    int SEALED = 3;

    int NONCE = 32;
    int VALUE = 32;
    int MAC = 32;
    /** Octets of a datagram: more is nobody's. */
    int LONGEST = 2048;
    /** Octets of a sealed datagram before its cipher text. */
    int SEALED_HEADER = 4 + 1 + 1 + 8 + 8;

    /** Who wants to talk to whom. */
    record Hello(long session, byte[] nonce, byte[] value, String from, String to, byte[] mac) implements Messages {
        /** Returns it without its MAC: what that is made of. */
        byte[] body() {
            return written(HELLO, out -> {
                out.writeLong(session);
                out.write(nonce);
                out.write(value);
                text(out, from);
                text(out, to);
            });
        }
    }

    /** The answer to it. */
    record Answer(long to, long session, byte[] nonce, byte[] value, byte[] mac) implements Messages {
        byte[] body() {
            return written(ANSWER, out -> {
                out.writeLong(to);
                out.writeLong(session);
                out.write(nonce);
                out.write(value);
            });
        }
    }

    /** Something that only the other side can read. */
    record Sealed(long to, long counter, byte[] octets) implements Messages {}

    static byte[] join(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** Reads a datagram; nothing in it is to be believed yet. */
    static Messages read(byte[] datagram) throws BadMessageException {
        Octets in = new Octets(datagram);
        if (datagram.length > LONGEST || in.u32() != MAGIC || in.u8() != VERSION) {
            throw new BadMessageException("it is not of this protocol");
        }
        Messages message =
                switch (in.u8()) {
                    case HELLO ->
                        new Hello(in.u64(), in.bytes(NONCE), in.bytes(VALUE), in.text(), in.text(), in.bytes(MAC));
                    case ANSWER -> new Answer(in.u64(), in.u64(), in.bytes(NONCE), in.bytes(VALUE), in.bytes(MAC));
                    case SEALED -> {
                        long to = in.u64();
                        long counter = in.u64();
                        yield new Sealed(to, counter, in.bytes(datagram.length - SEALED_HEADER));
                    }
                    default -> throw new BadMessageException("its type is unknown");
                };
        in.end();
        return message;
    }

    static byte[] sealedHeader(long to, long counter) {
        return written(SEALED, out -> {
            out.writeLong(to);
            out.writeLong(counter);
        });
    }

    private static byte[] written(int type, Body body) {
        return Talk.octets(out -> {
            out.writeInt(MAGIC);
            out.write(VERSION);
            out.write(type);
            body.write(out);
        });
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        if (octets.length > 255) {
            throw new IOException("\"" + text + "\" is longer than this protocol's identities, which have 255 octets");
        }
        out.write(octets.length);
        out.write(octets);
    }

    /** Writes octets. */
    interface Body {
        void write(DataOutputStream out) throws IOException;
    }

    /** Collects what is written. */
    static byte[] collect(Body body) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(octets)) {
            body.write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return octets.toByteArray();
    }
}
