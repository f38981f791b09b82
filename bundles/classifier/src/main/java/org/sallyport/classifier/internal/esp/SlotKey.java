package org.sallyport.classifier.internal.esp;

import java.util.Arrays;
import javax.crypto.SecretKey;

/** An AES key for a JDK cipher that can be overwritten, unlike SecretKeySpec. Never serialised, never printed. */
final class SlotKey implements SecretKey {
    private static final long serialVersionUID = 1L;

    private final transient byte[] octets;
    private transient boolean destroyed;

    SlotKey(byte[] octets) {
        this.octets = octets;
    }

    @Override
    public String getAlgorithm() {
        return "AES";
    }

    @Override
    public String getFormat() {
        return "RAW";
    }

    @Override
    public byte[] getEncoded() {
        return octets.clone();
    }

    @Override
    public void destroy() {
        Arrays.fill(octets, (byte) 0);
        destroyed = true;
    }

    @Override
    public boolean isDestroyed() {
        return destroyed;
    }

    @Override
    public String toString() {
        return "SlotKey[" + octets.length * 8 + " bits]";
    }
}
