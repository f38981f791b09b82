package org.sallyport.capture.internal;

import java.io.ByteArrayOutputStream;
import java.util.HexFormat;
import org.sallyport.api.flow.Addresses;

/** Builds the bytes of packets, field by field. */
final class Packets {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replaceAll("\\s", ""));
    }

    static byte[] ipv4(int protocol, String from, String to, byte[] payload) {
        return new Packets()
                .u8(0x45)
                .u8(0)
                .u16(20 + payload.length)
                .u32(0)
                .u8(64)
                .u8(protocol)
                .u16(0)
                .bytes(Addresses.parse(from).getAddress())
                .bytes(Addresses.parse(to).getAddress())
                .bytes(payload)
                .done();
    }

    static byte[] ipv6(int next, String from, String to, byte[] payload) {
        return new Packets()
                .u32(0x60000000)
                .u16(payload.length)
                .u8(next)
                .u8(64)
                .bytes(Addresses.parse(from).getAddress())
                .bytes(Addresses.parse(to).getAddress())
                .bytes(payload)
                .done();
    }

    static byte[] tcp(int from, int to, int sequence, int flags) {
        return new Packets()
                .u16(from)
                .u16(to)
                .u32(sequence)
                .u32(0)
                .u8(0x50)
                .u8(flags)
                .u16(64)
                .u32(0)
                .done();
    }

    static byte[] udp(int from, int to, byte[] payload) {
        return new Packets()
                .u16(from)
                .u16(to)
                .u16(8 + payload.length)
                .u16(0)
                .bytes(payload)
                .done();
    }

    /** ESP of a given length with a payload that looks like nothing else. */
    static byte[] esp(int spi, int sequence, int length) {
        Packets packet = new Packets().u32(spi).u32(sequence);
        for (int i = 8; i < length; i++) {
            packet.u8(i * 37 + sequence);
        }
        return packet.done();
    }

    static byte[] join(byte[]... parts) {
        Packets all = new Packets();
        for (byte[] part : parts) {
            all.bytes(part);
        }
        return all.done();
    }

    private Packets u8(int value) {
        out.write(value);
        return this;
    }

    private Packets u16(int value) {
        return u8(value >> 8).u8(value);
    }

    private Packets u32(int value) {
        return u16(value >>> 16).u16(value);
    }

    private Packets bytes(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    private byte[] done() {
        return out.toByteArray();
    }
}
