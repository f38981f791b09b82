package org.sallyport.crypto.internal;

import java.security.GeneralSecurityException;
import java.security.Provider;
import javax.crypto.Mac;
import org.sallyport.crypto.Prf;
import org.sallyport.crypto.TransformId;

/** HMAC with SHA-2 as a PRF, untruncated (RFC 4868 section 2.4). */
final class JdkHmac implements Prf {
    private final TransformId transform;
    private final String algorithm;
    private final int length;
    private final SpareMacs macs;

    JdkHmac(Provider provider, int id, String algorithm, int length) {
        this.transform = TransformId.prf(id);
        this.algorithm = algorithm;
        this.length = length;
        this.macs = new SpareMacs(provider, algorithm);
    }

    @Override
    public TransformId transform() {
        return transform;
    }

    @Override
    public int outputLength() {
        return length;
    }

    @Override
    public int keyLength() {
        return length;
    }

    @Override
    public byte[] compute(byte[] key, byte[]... data) {
        SymmetricKey hmacKey = new SymmetricKey(key.clone(), algorithm);
        Mac mac = macs.take();
        try {
            mac.init(hmacKey);
            for (byte[] part : data) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK does not compute " + algorithm, e);
        } finally {
            hmacKey.destroy();
            macs.giveBack(mac);
        }
    }
}
