package org.sallyport.crypto.internal;

import java.security.SecureRandom;
import java.util.concurrent.Callable;
import org.sallyport.api.plugin.PluginCalls;
import org.sallyport.api.plugin.PluginFailedException;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.InvalidPublicValueException;
import org.sallyport.crypto.KeyExchange;
import org.sallyport.crypto.TransformId;

/**
 * A key exchange method of somebody else's: it computes on threads of its own for a bounded time. Whatever goes wrong is an
 * {@link IllegalStateException} that says which provider did it.
 */
final class GuardedKeyExchange implements KeyExchange {
    private static final int LONGEST_VALUE = 65_000;

    private final KeyExchange method;
    private final TransformId id;
    private final String words;
    private final PluginCalls calls;

    GuardedKeyExchange(KeyExchange method, String provider, PluginCalls calls) {
        this.method = method;
        this.id = method.transform();
        this.words = "key exchange method " + id + " of crypto provider " + provider;
        this.calls = calls;
    }

    @Override
    public TransformId transform() {
        return id;
    }

    private <T, X extends Exception> T call(Class<X> expected, Callable<? extends T> call) throws X {
        try {
            return calls.call(method, words, expected, call);
        } catch (PluginFailedException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private byte[] checked(byte[] value) {
        if (value.length == 0 || value.length > LONGEST_VALUE) {
            throw new IllegalStateException(words + " made a public value of " + value.length + " octets");
        }
        return value;
    }

    private SecretBytes checked(SecretBytes secret) {
        if (secret.length() == 0) {
            throw new IllegalStateException(words + " agreed on an empty secret");
        }
        return secret;
    }

    @Override
    public KeyPair generate(SecureRandom random) {
        KeyPair pair = call(RuntimeException.class, () -> method.generate(random));
        byte[] value = checked(call(RuntimeException.class, pair::publicValue));
        return new KeyPair() {
            @Override
            public byte[] publicValue() {
                return value.clone();
            }

            @Override
            public SecretBytes agree(byte[] peerPublic) throws InvalidPublicValueException {
                return checked(call(InvalidPublicValueException.class, () -> pair.agree(peerPublic)));
            }

            @Override
            public void close() {
                call(RuntimeException.class, () -> {
                    pair.close();
                    return true;
                });
            }
        };
    }

    @Override
    public Response respond(byte[] peerPublic, SecureRandom random) throws InvalidPublicValueException {
        Response response = call(InvalidPublicValueException.class, () -> method.respond(peerPublic, random));
        checked(response.publicValue());
        checked(response.sharedSecret());
        return response;
    }
}
