package org.sallyport.example.toy;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads what came from outside: every length is checked before anything is allocated. Used by one thread. */
final class Octets {
    private final ByteBuffer buffer;

    Octets(byte[] octets) {
        buffer = ByteBuffer.wrap(octets);
    }

    int u8() throws BadMessageException {
        return bytes(1)[0] & 0xff;
    }

    int u16() throws BadMessageException {
        return u8() << Byte.SIZE | u8();
    }

    int u32() throws BadMessageException {
        return u16() << Short.SIZE | u16();
    }

    long u64() throws BadMessageException {
        return ByteBuffer.wrap(bytes(Long.BYTES)).getLong();
    }

    byte[] bytes(int length) throws BadMessageException {
        if (length > buffer.remaining()) {
            throw new BadMessageException("it is too short");
        }
        byte[] octets = new byte[length];
        try {
            buffer.get(octets);
        } catch (BufferUnderflowException e) {
            throw new BadMessageException("it is too short", e);
        }
        return octets;
    }

    /** Reads text with its length in one octet before it. */
    String text() throws BadMessageException {
        return new String(bytes(u8()), StandardCharsets.UTF_8);
    }

    void end() throws BadMessageException {
        if (buffer.hasRemaining()) {
            throw new BadMessageException("it is too long");
        }
    }
}
