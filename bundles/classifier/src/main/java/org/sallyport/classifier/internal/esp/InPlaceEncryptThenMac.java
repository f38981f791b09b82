package org.sallyport.classifier.internal.esp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.MemoryEncryption;
import org.sallyport.crypto.MemoryIntegrity;

/**
 * Encryption and then integrity, by algorithms of the registry that work on packets where they lie (RFC 4303 sections 3.3.2
 * and 3.4.4): nothing is copied, and nothing allocated.
 */
public final class InPlaceEncryptThenMac implements PacketAead {
    private final PacketHeader header;
    private final MemoryEncryption.KeyedMemory cipher;
    private final MemoryIntegrity.KeyedMemory mac;
    private final int iv;
    private final int icv;
    private final int alignment;
    private final MemorySegment tail = Arena.ofAuto().allocate(Long.BYTES, Long.BYTES);
    private final long tailAddress = tail.address();

    /**
     * Takes keys and flags from a slot.
     *
     * @param slot address of the slot
     */
    public InPlaceEncryptThenMac(MemoryEncryption encryption, MemoryIntegrity integrity, long slot) {
        this.header = new PacketHeader(slot);
        this.iv = encryption.ivLength();
        this.icv = integrity.icvLength();
        this.alignment = Math.max(EspFormat.ALIGNMENT, encryption.blockLength());
        try (SecretBytes encryptionKey = SlotKeys.encryption(slot, 0);
                SecretBytes integrityKey = SlotKeys.integrity(slot, integrity.keyLength())) {
            this.cipher = encryption.withKeyForMemory(encryptionKey);
            this.mac = integrity.withKeyForMemory(integrityKey);
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
        long packet = header(text, sequence);
        cipher.encrypt(number, text - iv, length);
        mac.sign(
                packet,
                EspFormat.HEADER + iv + length,
                tailAddress,
                header.putTail(tailAddress, sequence),
                text + length);
    }

    @Override
    public boolean open(long text, int length, long sequence) {
        long packet = header(text, sequence);
        int more = header.putTail(tailAddress, sequence);
        if (!mac.verify(packet, EspFormat.HEADER + iv + length, tailAddress, more, text + length)) {
            return false;
        }
        cipher.decrypt(text - iv, length);
        return true;
    }

    /** Puts the header in front of the IV, which is there already: what is authenticated is this side's own idea of it. */
    private long header(long text, long sequence) {
        long packet = text - iv - EspFormat.HEADER;
        header.put(packet, sequence);
        return packet;
    }

    @Override
    public void wipe() {
        cipher.close();
        mac.close();
    }
}
