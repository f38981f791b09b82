package org.sallyport.classifier.internal;

import org.sallyport.classifier.internal.esp.PacketAead;

/** A cipher of these sizes that leaves the text as it is, so that what is sealed can be read, and costs nothing. */
public record OpenCipher(int ivLength, int alignment, int icvLength) implements PacketAead {
    /** The sizes of AES-GCM (RFC 4106). */
    public OpenCipher() {
        this(8, 4, 16);
    }

    @Override
    public void seal(long text, int length, long sequence, long number) {}

    @Override
    public boolean open(long text, int length, long sequence) {
        return true;
    }

    @Override
    public void wipe() {}
}
