package org.sallyport.ike.internal.core;

import org.sallyport.api.sa.SaKeys;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.Aead;
import org.sallyport.crypto.UnavailableTransformException;
import org.sallyport.ike.internal.core.state.ChildSuite;

/** Cuts key material into what the SA table takes. */
public final class ChildKeying {
    private ChildKeying() {}

    /** Returns key and salt apart; the caller closes both what it gave and what it gets. */
    public static SaKeys saKeys(ChildSuite suite, SecretBytes material) {
        int keyLength = suite.sa().keyBits() / Byte.SIZE;
        return new SaKeys(
                material.slice(0, keyLength),
                material.slice(keyLength, material.length()),
                SecretBytes.owning(new byte[0]));
    }

    /** Returns the AEAD of a suite. */
    public static Aead aead(CoreContext context, ChildSuite suite) throws UnavailableTransformException {
        return context.crypto().aead(suite.sa().encryption(), suite.sa().keyBits());
    }
}
