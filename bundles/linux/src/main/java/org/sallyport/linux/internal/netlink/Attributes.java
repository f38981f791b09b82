package org.sallyport.linux.internal.netlink;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The attributes of one message by their type; of a repeated one the last counts. Immutable. */
public final class Attributes {
    private static final int TYPE_MASK = 0x3fff;

    private final Map<Integer, byte[]> values = new HashMap<>();

    private Attributes() {}

    /** Reads attributes from the offset to the end of the message; what is cut off is ignored. */
    public static Attributes read(ByteBuffer message, int offset) {
        Attributes attributes = new Attributes();
        int at = offset;
        while (at + 4 <= message.limit()) {
            int length = Short.toUnsignedInt(message.getShort(at));
            if (length < 4 || at + length > message.limit()) {
                break;
            }
            byte[] value = new byte[length - 4];
            message.get(at + 4, value);
            attributes.values.put(message.getShort(at + 2) & TYPE_MASK, value);
            at += (length + 3) & ~3;
        }
        return attributes;
    }

    public Optional<InetAddress> address(int type) {
        return bytes(type).filter(b -> b.length == 4 || b.length == 16).map(Attributes::toAddress);
    }

    public OptionalInt word(int type) {
        byte[] value = values.get(type);
        return value == null || value.length < 4
                ? OptionalInt.empty()
                : OptionalInt.of(buffer(value).getInt());
    }

    public OptionalInt octet(int type) {
        byte[] value = values.get(type);
        return value == null || value.length < 1 ? OptionalInt.empty() : OptionalInt.of(value[0] & 0xff);
    }

    /** Returns two 16-bit values, the first in the upper half. */
    public OptionalInt halves(int type) {
        byte[] value = values.get(type);
        if (value == null || value.length < 4) {
            return OptionalInt.empty();
        }
        ByteBuffer read = buffer(value);
        return OptionalInt.of(read.getShort() << 16 | Short.toUnsignedInt(read.getShort()));
    }

    public Optional<String> text(int type) {
        return bytes(type).map(Attributes::toText);
    }

    /** Returns the attributes within an attribute; none if it is absent. */
    public Attributes nested(int type) {
        byte[] value = values.get(type);
        return value == null ? new Attributes() : read(buffer(value), 0);
    }

    private Optional<byte[]> bytes(int type) {
        return Optional.ofNullable(values.get(type));
    }

    private static ByteBuffer buffer(byte[] value) {
        return ByteBuffer.wrap(value).order(ByteOrder.nativeOrder());
    }

    private static String toText(byte[] value) {
        int end = 0;
        while (end < value.length && value[end] != 0) {
            end++;
        }
        return new String(value, 0, end, StandardCharsets.UTF_8);
    }

    private static InetAddress toAddress(byte[] octets) {
        try {
            return InetAddress.getByAddress(octets);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 and 16 octets make an address", e);
        }
    }
}
