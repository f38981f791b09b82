package org.sallyport.linux.internal.netlink;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes one netlink request: header, fixed part, attributes, in the machine's byte order. Not thread safe. */
public final class MessageWriter {
    /** struct nlmsghdr: length, type, flags, sequence, port. */
    public static final int HEADER = 16;

    public static final int REQUEST = 0x001;
    public static final int ACK = 0x004;
    public static final int REPLACE = 0x100;
    public static final int EXCLUSIVE = 0x200;
    public static final int DUMP = 0x300;
    public static final int CREATE = 0x400;

    private static final int CAPACITY = 4096;
    private static final int NESTED = 0x8000;

    private final ByteBuffer buffer = ByteBuffer.allocate(CAPACITY).order(ByteOrder.nativeOrder());

    public MessageWriter(int type, int flags) {
        buffer.putInt(0).putShort((short) type).putShort((short) (flags | REQUEST));
        buffer.putInt(0).putInt(0);
    }

    public MessageWriter octet(int value) {
        buffer.put((byte) value);
        return this;
    }

    public MessageWriter half(int value) {
        buffer.putShort((short) value);
        return this;
    }

    public MessageWriter word(int value) {
        buffer.putInt(value);
        return this;
    }

    public MessageWriter attribute(int type, byte[] value) {
        buffer.putShort((short) (4 + value.length)).putShort((short) type).put(value);
        align();
        return this;
    }

    public MessageWriter attribute(int type, int value) {
        buffer.putShort((short) 8).putShort((short) type).putInt(value);
        return this;
    }

    public MessageWriter attributeOctet(int type, int value) {
        return attribute(type, new byte[] {(byte) value});
    }

    /** A 16-bit value in network byte order. */
    public MessageWriter attributeNetworkHalf(int type, int value) {
        return attribute(type, new byte[] {(byte) (value >> 8), (byte) value});
    }

    /** Two 16-bit values in the machine's byte order. */
    public MessageWriter attributeHalves(int type, int first, int second) {
        buffer.putShort((short) 8)
                .putShort((short) type)
                .putShort((short) first)
                .putShort((short) second);
        return this;
    }

    public MessageWriter attribute(int type, InetAddress address) {
        return attribute(type, address.getAddress());
    }

    /** A text that ends with a zero octet. */
    public MessageWriter attribute(int type, String text) {
        return attribute(type, (text + '\0').getBytes(StandardCharsets.UTF_8));
    }

    /** Opens a nested attribute and returns where it began, for {@link #end}. */
    public int begin(int type) {
        int start = buffer.position();
        buffer.putShort((short) 0).putShort((short) (type | NESTED));
        return start;
    }

    /** Closes a nested attribute. */
    public MessageWriter end(int start) {
        buffer.putShort(start, (short) (buffer.position() - start));
        return this;
    }

    /** Returns the finished request with this sequence number. */
    byte[] finish(int sequence) {
        buffer.putInt(0, buffer.position()).putInt(8, sequence);
        byte[] message = new byte[buffer.position()];
        buffer.get(0, message);
        return message;
    }

    private void align() {
        while ((buffer.position() & 3) != 0) {
            buffer.put((byte) 0);
        }
    }
}
