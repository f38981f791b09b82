package org.sallyport.classifier.internal.esp;

import static org.sallyport.linux.memory.RawMemory.copyIn;
import static org.sallyport.linux.memory.RawMemory.copyOut;
import static org.sallyport.linux.memory.RawMemory.netLong;
import static org.sallyport.linux.memory.RawMemory.putNetLong;

import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.Aead;

/** An AEAD of the registry (RFC 4309, RFC 7634), on a heap array. */
public final class RegistryAead implements PacketAead {
    private final PacketHeader header;
    private final Aead.Keyed keyed;
    private final int icv;
    private final CryptoBuffers buffers;

    /**
     * Takes key, salt and flags from a slot.
     *
     * @param slot address of the slot
     * @param buffers of the worker that owns the SA
     */
    public RegistryAead(Aead aead, long slot, CryptoBuffers buffers) {
        this.header = new PacketHeader(slot);
        this.icv = aead.icvLength();
        this.buffers = buffers;
        try (SecretBytes keyAndSalt = SlotKeys.encryption(slot, aead.saltLength())) {
            this.keyed = aead.withKey(keyAndSalt);
        }
    }

    @Override
    public int ivLength() {
        return Long.BYTES;
    }

    @Override
    public int icvLength() {
        return icv;
    }

    @Override
    public int alignment() {
        return EspFormat.ALIGNMENT;
    }

    @Override
    public void seal(long text, int length, long sequence, long number) {
        byte[] work = buffers.input();
        int at = header.associatedLength();
        header.putAssociated(work, sequence);
        copyOut(text, work, at, length);
        keyed.seal(number, work, 0, at, at, length);
        putNetLong(text - ivLength(), number);
        copyIn(work, at, text, length + icv);
    }

    @Override
    public boolean open(long text, int length, long sequence) {
        byte[] work = buffers.input();
        int at = header.associatedLength();
        header.putAssociated(work, sequence);
        copyOut(text, work, at, length + icv);
        if (!keyed.open(netLong(text - ivLength()), work, 0, at, at, length)) {
            return false;
        }
        copyIn(work, at, text, length);
        return true;
    }

    @Override
    public void wipe() {
        keyed.close();
    }
}
