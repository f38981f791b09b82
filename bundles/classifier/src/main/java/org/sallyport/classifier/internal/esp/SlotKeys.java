package org.sallyport.classifier.internal.esp;

import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.linux.memory.RawMemory;

/** Copies keys out of a slot; the caller closes them. */
final class SlotKeys {
    private SlotKeys() {}

    static SecretBytes encryption(long slot, int saltLength) {
        int length = RawMemory.getInt(slot + SaSlotLayout.KEY_BITS) / Byte.SIZE;
        byte[] keyAndSalt = new byte[length + saltLength];
        RawMemory.copyOut(slot + SaSlotLayout.CIPHER_KEY, keyAndSalt, 0, length);
        RawMemory.copyOut(slot + SaSlotLayout.SALT, keyAndSalt, length, saltLength);
        return SecretBytes.owning(keyAndSalt);
    }

    static SecretBytes integrity(long slot, int length) {
        byte[] key = new byte[length];
        RawMemory.copyOut(slot + SaSlotLayout.INTEGRITY_KEY, key, 0, length);
        return SecretBytes.owning(key);
    }
}
