package org.sallyport.classifier.internal;

import java.util.List;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.CryptoProvider;
import org.sallyport.crypto.MemoryAead;
import org.sallyport.crypto.TransformId;

/** Calls itself AES-GCM and leaves packets as they are, so that all else can be looked at. */
final class NothingSealed implements CryptoProvider, MemoryAead, MemoryAead.KeyedMemory {
    private final int keyBits;

    NothingSealed(int keyBits) {
        this.keyBits = keyBits;
    }

    @Override
    public String name() {
        return "nothing";
    }

    @Override
    public List<Offer> offers() {
        return List.of(new Offer(this, 0));
    }

    @Override
    public TransformId transform() {
        return TransformId.encr(TransformId.ENCR_AES_GCM_16, keyBits);
    }

    @Override
    public int keyLength() {
        return keyBits / 8;
    }

    @Override
    public int saltLength() {
        return 4;
    }

    @Override
    public int ivLength() {
        return 8;
    }

    @Override
    public int icvLength() {
        return 16;
    }

    @Override
    public Keyed withKey(SecretBytes keyAndSalt) {
        throw new UnsupportedOperationException();
    }

    @Override
    public KeyedMemory withKeyForMemory(SecretBytes keyAndSalt) {
        return this;
    }

    @Override
    public void seal(long iv, long associated, int associatedLength, long text, int textLength) {}

    @Override
    public boolean open(long iv, long associated, int associatedLength, long text, int textLength) {
        return true;
    }

    @Override
    public void close() {}
}
