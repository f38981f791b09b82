package org.sallyport.lab.attack;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The visible structure of an IKE message (RFC 7296 sections 3.1 and 3.2), for those who damage it. It trusts nothing:
 * the chain of payloads ends where it stops making sense.
 *
 * @param data what is looked at, and written to
 * @param start where the message starts
 */
record IkeMessage(ByteBuffer data, int start) {
    /** What comes before a message on port 4500. */
    static final int MARKER = 4;

    static final int KEY_EXCHANGE = 34;
    static final int NONCE = 40;
    private static final int ENCRYPTED = 46;
    private static final int HEADER = 28;
    private static final int PAYLOAD_HEADER = 4;
    private static final int NEXT_PAYLOAD = 16;
    private static final int EXCHANGE = 18;
    private static final int FLAGS = 19;
    private static final int LENGTH = 24;
    private static final int RESPONSE = 0x20;
    private static final int SA_INIT = 34;

    /**
     * One payload.
     *
     * @param offset of its header in the data
     * @param length as it states it itself, header included
     */
    record Payload(int type, int offset, int length) {
        /** Where the length stands. */
        int lengthOffset() {
            return offset + 2;
        }

        int bodyOffset() {
            return offset + PAYLOAD_HEADER;
        }

        int bodyLength() {
            return length - PAYLOAD_HEADER;
        }
    }

    boolean hasHeader() {
        return data.limit() - start >= HEADER;
    }

    boolean isInitRequest() {
        return hasHeader()
                && data.get(start + EXCHANGE) == SA_INIT
                && (data.get(start + FLAGS) & RESPONSE) == 0
                && data.getLong(start + Long.BYTES) == 0;
    }

    void initiatorSpi(long spi) {
        data.putLong(start, spi);
    }

    /** Has the header state the length that there is. */
    void stateLength() {
        if (hasHeader()) {
            data.putInt(start + LENGTH, data.limit() - start);
        }
    }

    /** The payloads that stand in clear, the encrypted one included as a whole. */
    List<Payload> payloads() {
        List<Payload> found = new ArrayList<>();
        if (!hasHeader()) {
            return found;
        }
        int type = data.get(start + NEXT_PAYLOAD) & 0xff;
        int offset = start + HEADER;
        while (type != 0 && offset + PAYLOAD_HEADER <= data.limit()) {
            int length = data.getShort(offset + 2) & 0xffff;
            if (length < PAYLOAD_HEADER || offset + length > data.limit()) {
                break;
            }
            found.add(new Payload(type, offset, length));
            if (type == ENCRYPTED) {
                break;
            }
            type = data.get(offset) & 0xff;
            offset += length;
        }
        return found;
    }
}
