package org.sallyport.classifier.internal.ah;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.classifier.internal.esp.PacketProtection;
import org.sallyport.crypto.Integrity;
import org.sallyport.linux.memory.RawMemory;

/**
 * The ICV of one direction of one SA, over a copy of a packet whose mutable fields are zero (RFC 4302 section 3.3.3). With
 * extended sequence numbers their upper half follows the packet, and is not sent (section 3.3.3.2.2). Belongs to the worker
 * that owns the SA.
 */
public final class AhIcv implements PacketProtection {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    /** Octets that have to be free behind the packet. */
    static final int ROOM = Integer.BYTES + 32;

    private final Integrity.Keyed keyed;
    private final int length;
    private final boolean extended;

    /**
     * Takes key and flags from a slot.
     *
     * @param slot address of the slot
     */
    public AhIcv(Integrity integrity, long slot) {
        this.length = integrity.icvLength();
        this.extended = (RawMemory.getInt(slot + SaSlotLayout.FLAGS) & SaSlotLayout.FLAG_ESN) != 0;
        byte[] octets = new byte[integrity.keyLength()];
        RawMemory.copyOut(slot + SaSlotLayout.INTEGRITY_KEY, octets, 0, octets.length);
        try (SecretBytes key = SecretBytes.owning(octets)) {
            this.keyed = integrity.withKey(key);
        }
    }

    /** Returns its octets, without padding. */
    int length() {
        return length;
    }

    /**
     * Writes the ICV.
     *
     * @param packet muted, the place of the ICV zero, with {@link #ROOM} behind it
     * @param end octets of the packet
     * @param at where the ICV belongs
     * @param sequence all 64 bits of the sequence number
     * @param number never the same one twice
     */
    void sign(byte[] packet, int end, int at, long sequence, long number) {
        int tail = putTail(packet, end, sequence);
        keyed.sign(number, packet, 0, tail, tail);
        System.arraycopy(packet, tail, packet, at, length);
    }

    /** Tells whether the ICV at this place is the packet's; it is zero afterwards. */
    boolean verify(byte[] packet, int end, int at, long sequence) {
        int tail = putTail(packet, end, sequence);
        System.arraycopy(packet, at, packet, tail, length);
        Arrays.fill(packet, at, at + length, (byte) 0);
        return keyed.verify(packet, 0, tail, tail);
    }

    private int putTail(byte[] packet, int end, long sequence) {
        if (!extended) {
            return end;
        }
        INT.set(packet, end, (int) (sequence >>> 32));
        return end + Integer.BYTES;
    }

    @Override
    public int room(int path, boolean outerIpv4, boolean udp) {
        int header = outerIpv4 ? AhFormat.IPV4_HEADER : AhFormat.IPV6_HEADER;
        return path - header - AhFormat.headerLength(length, outerIpv4);
    }

    @Override
    public void wipe() {
        keyed.close();
    }
}
