package org.sallyport.ike.internal.message;

/**
 * Reads a window of an array in network order. Every read checks first, so no length field of a peer is believed; what
 * does not fit is INVALID_SYNTAX.
 */
final class WireReader {
    private final byte[] buffer;
    private final int limit;
    private final String what;
    private int at;

    WireReader(byte[] buffer, int from, int to, String what) {
        this.buffer = buffer;
        this.at = from;
        this.limit = to;
        this.what = what;
    }

    int remaining() {
        return limit - at;
    }

    int position() {
        return at;
    }

    int u8() throws IkeProtocolException {
        require(1);
        return buffer[at++] & 0xff;
    }

    int u16() throws IkeProtocolException {
        require(2);
        int value = ((buffer[at] & 0xff) << 8) | (buffer[at + 1] & 0xff);
        at += 2;
        return value;
    }

    long u32() throws IkeProtocolException {
        long high = u16();
        return (high << 16) | u16();
    }

    long u64() throws IkeProtocolException {
        long high = u32();
        return (high << 32) | u32();
    }

    void skip(int count) throws IkeProtocolException {
        require(count);
        at += count;
    }

    Bytes bytes(int count) throws IkeProtocolException {
        require(count);
        Bytes value = Bytes.of(buffer, at, count);
        at += count;
        return value;
    }

    Bytes rest() throws IkeProtocolException {
        return bytes(remaining());
    }

    /** Cuts a window out of this one and steps over it. */
    WireReader window(int length, String name) throws IkeProtocolException {
        require(length);
        WireReader window = new WireReader(buffer, at, at + length, name);
        at += length;
        return window;
    }

    /** Refuses octets that nothing accounts for. */
    void end() throws IkeProtocolException {
        if (remaining() != 0) {
            throw IkeProtocolException.invalidSyntax(what + " has " + remaining() + " octets too many");
        }
    }

    private void require(int count) throws IkeProtocolException {
        if (count < 0 || count > remaining()) {
            throw IkeProtocolException.invalidSyntax(
                    what + " ends early: " + count + " octets wanted, " + remaining() + " there");
        }
    }
}
