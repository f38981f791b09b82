package org.sallyport.classifier.internal.esp;

import static org.sallyport.linux.memory.RawMemory.copyIn;
import static org.sallyport.linux.memory.RawMemory.copyOut;

import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.Encryption;
import org.sallyport.crypto.Integrity;

/** Encryption and then integrity, by algorithms of the registry (RFC 4303 sections 3.3.2 and 3.4.4), on a heap array. */
public final class EncryptThenMac implements PacketAead {
    private final PacketHeader header;
    private final Encryption.Keyed cipher;
    private final Integrity.Keyed mac;
    private final int iv;
    private final int icv;
    private final int alignment;
    private final CryptoBuffers buffers;

    /**
     * Takes keys and flags from a slot.
     *
     * @param slot address of the slot
     * @param buffers of the worker that owns the SA
     */
    public EncryptThenMac(Encryption encryption, Integrity integrity, long slot, CryptoBuffers buffers) {
        this.header = new PacketHeader(slot);
        this.iv = encryption.ivLength();
        this.icv = integrity.icvLength();
        this.alignment = Math.max(EspFormat.ALIGNMENT, encryption.blockLength());
        this.buffers = buffers;
        try (SecretBytes encryptionKey = SlotKeys.encryption(slot, 0);
                SecretBytes integrityKey = SlotKeys.integrity(slot, integrity.keyLength())) {
            this.cipher = encryption.withKey(encryptionKey);
            this.mac = integrity.withKey(integrityKey);
        }
    }

    @Override
    public int ivLength() {
        return iv;
    }

    @Override
    public int icvLength() {
        return icv;
    }

    @Override
    public int alignment() {
        return alignment;
    }

    @Override
    public void seal(long text, int length, long sequence, long number) {
        byte[] work = buffers.input();
        header.put(work, sequence);
        copyOut(text, work, EspFormat.HEADER + iv, length);
        cipher.encrypt(number, work, EspFormat.HEADER, length);
        int end = EspFormat.HEADER + iv + length;
        int tail = header.putTail(work, end, sequence);
        mac.sign(work, 0, end + tail, end);
        copyIn(work, EspFormat.HEADER, text - iv, iv + length + icv);
    }

    @Override
    public boolean open(long text, int length, long sequence) {
        byte[] work = buffers.input();
        header.put(work, sequence);
        copyOut(text - iv, work, EspFormat.HEADER, iv + length);
        int end = EspFormat.HEADER + iv + length;
        int tail = header.putTail(work, end, sequence);
        copyOut(text + length, work, end + tail, icv);
        if (!mac.verify(work, 0, end + tail, end + tail)) {
            return false;
        }
        cipher.decrypt(work, EspFormat.HEADER, length);
        copyIn(work, EspFormat.HEADER + iv, text, length);
        return true;
    }

    @Override
    public void wipe() {
        cipher.close();
        mac.close();
    }
}
