package org.sallyport.classifier.internal.esp;

import static org.sallyport.linux.memory.RawMemory.copyIn;
import static org.sallyport.linux.memory.RawMemory.copyOut;
import static org.sallyport.linux.memory.RawMemory.netLong;
import static org.sallyport.linux.memory.RawMemory.putNetLong;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.linux.memory.RawMemory;

/**
 * AES-GCM with a 16 octet ICV by the JDK's cipher, on heap arrays. Sealing works in one array; opening needs two, or the
 * cipher would allocate the second one itself.
 */
public final class JdkGcm implements PacketAead {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final int SALT = 4;
    private static final int IV = 8;
    private static final int ICV = 16;

    private final SlotKey key;
    private final byte[] nonce = new byte[SALT + IV];
    private final byte[] associated;
    private final boolean extended;
    private final CryptoBuffers buffers;
    /** Made for the first packet: most of a gateway's SAs carry none just now, and it takes more room than all else. */
    private @Nullable Cipher cipher;

    /**
     * Takes key, salt and flags from a slot.
     *
     * @param slot address of the slot
     * @param buffers of the worker that owns the SA
     */
    public JdkGcm(long slot, CryptoBuffers buffers) {
        byte[] octets = new byte[RawMemory.getInt(slot + SaSlotLayout.KEY_BITS) / 8];
        copyOut(slot + SaSlotLayout.CIPHER_KEY, octets, 0, octets.length);
        this.key = new SlotKey(octets);
        copyOut(slot + SaSlotLayout.SALT, nonce, 0, SALT);
        this.extended = (RawMemory.getInt(slot + SaSlotLayout.FLAGS) & SaSlotLayout.FLAG_ESN) != 0;
        this.associated = new byte[extended ? 12 : 8];
        INT.set(associated, 0, RawMemory.getInt(slot + SaSlotLayout.SPI));
        this.buffers = buffers;
    }

    @Override
    public int ivLength() {
        return IV;
    }

    @Override
    public int icvLength() {
        return ICV;
    }

    @Override
    public int alignment() {
        return EspFormat.ALIGNMENT;
    }

    @Override
    public void seal(long text, int length, long sequence, long number) {
        byte[] work = buffers.input();
        copyOut(text, work, 0, length);
        try {
            prepared(Cipher.ENCRYPT_MODE, sequence, number).doFinal(work, 0, length, work, 0);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("sealing failed", e);
        }
        putNetLong(text - IV, number);
        copyIn(work, 0, text, length + ICV);
    }

    @Override
    public boolean open(long text, int length, long sequence) {
        byte[] work = buffers.output();
        copyOut(text, buffers.input(), 0, length + ICV);
        try {
            prepared(Cipher.DECRYPT_MODE, sequence, netLong(text - IV))
                    .doFinal(buffers.input(), 0, length + ICV, work, 0);
        } catch (AEADBadTagException e) {
            return false;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("opening failed", e);
        }
        copyIn(work, 0, text, length);
        return true;
    }

    private Cipher prepared(int mode, long sequence, long iv) throws GeneralSecurityException {
        Cipher made = cipher;
        if (made == null) {
            made = Cipher.getInstance("AES/GCM/NoPadding");
            cipher = made;
        }
        LONG.set(nonce, SALT, iv);
        if (extended) {
            LONG.set(associated, 4, sequence);
        } else {
            INT.set(associated, 4, (int) sequence);
        }
        made.init(mode, key, new GCMParameterSpec(ICV * 8, nonce));
        made.updateAAD(associated, 0, associated.length);
        return made;
    }

    @Override
    public void wipe() {
        key.destroy();
        Arrays.fill(nonce, (byte) 0);
    }
}
