package org.sallyport.crypto;

import java.util.List;
import java.util.Set;
import org.sallyport.crypto.internal.ProviderIndex;

/**
 * Finds the best implementation of a transform among the providers present. An OSGi service; outside OSGi made from a
 * list of providers.
 *
 * <p>Nothing falls back silently: what nobody provides is an exception that names the transform and who would bring it.
 *
 * <p>Thread safety: safe.
 */
public interface CryptoRegistry {
    /** A registry over a fixed list of providers. */
    static CryptoRegistry of(List<CryptoProvider> providers) {
        return new ProviderIndex(providers);
    }

    /** Returns every transform that somebody provides now. */
    Set<TransformId> available();

    /** Returns the name of the provider that serves a transform. */
    String providerOf(TransformId transform) throws UnavailableTransformException;

    /** Returns a key exchange method. */
    KeyExchange keyExchange(int id) throws UnavailableTransformException;

    /** Returns a pseudorandom function. */
    Prf prf(int id) throws UnavailableTransformException;

    /** Returns an AEAD with a key length in bits. */
    Aead aead(int id, int keyBits) throws UnavailableTransformException;

    /** Returns an encryption algorithm that does not authenticate, with a key length in bits. */
    Encryption encryption(int id, int keyBits) throws UnavailableTransformException;

    /** Returns an integrity algorithm. */
    Integrity integrity(int id) throws UnavailableTransformException;

    /** Returns whether an encryption algorithm authenticates too, and so goes without an integrity algorithm. */
    boolean authenticates(int encryption, int keyBits) throws UnavailableTransformException;

    /** Returns whether a transform can be served now. */
    default boolean supports(TransformId transform) {
        return available().contains(transform);
    }
}
