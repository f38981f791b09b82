package org.sallyport.classifier.internal.esp;

import static org.sallyport.linux.memory.RawMemory.netLong;
import static org.sallyport.linux.memory.RawMemory.putNetLong;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.MemoryAead;

/** An AEAD of the registry that works on packets where they lie: nothing is copied, and nothing allocated. */
public final class InPlaceAead implements PacketAead {
    private static final int MOST_ASSOCIATED = 12;

    private final PacketHeader header;
    private final MemoryAead.KeyedMemory keyed;
    private final int icv;
    private final MemorySegment associated = Arena.ofAuto().allocate(MOST_ASSOCIATED, Long.BYTES);
    private final long associatedAddress = associated.address();

    /**
     * Takes key, salt and flags from a slot.
     *
     * @param slot address of the slot
     */
    public InPlaceAead(MemoryAead aead, long slot) {
        this.header = new PacketHeader(slot);
        this.icv = aead.icvLength();
        try (SecretBytes keyAndSalt = SlotKeys.encryption(slot, aead.saltLength())) {
            this.keyed = aead.withKeyForMemory(keyAndSalt);
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
        putNetLong(text - ivLength(), number);
        header.putAssociated(associatedAddress, sequence);
        keyed.seal(number, associatedAddress, header.associatedLength(), text, length);
    }

    @Override
    public boolean open(long text, int length, long sequence) {
        header.putAssociated(associatedAddress, sequence);
        return keyed.open(netLong(text - ivLength()), associatedAddress, header.associatedLength(), text, length);
    }

    @Override
    public void wipe() {
        keyed.close();
    }
}
