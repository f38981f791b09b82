package org.sallyport.ike.internal.core;

import org.sallyport.api.sa.SaKeys;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.ike.internal.keys.KeyLengths;

/** Cuts key material into what the SA table takes. */
public final class ChildKeying {
    private ChildKeying() {}

    /** Returns key, salt and integrity key apart; the caller closes both what it gave and what it gets. */
    public static SaKeys saKeys(KeyLengths lengths, SecretBytes material) {
        int salt = lengths.encryption();
        int integrity = salt + lengths.salt();
        return new SaKeys(
                material.slice(0, salt),
                material.slice(salt, integrity),
                material.slice(integrity, integrity + lengths.integrity()));
    }
}
