package org.sallyport.ike.internal.core.task;

import java.security.SecureRandom;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.CryptoRegistry;
import org.sallyport.crypto.InvalidPublicValueException;
import org.sallyport.crypto.KeyExchange;
import org.sallyport.crypto.TransformId;
import org.sallyport.crypto.UnavailableTransformException;
import org.sallyport.ike.internal.core.Session;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.IkeProtocolException;
import org.sallyport.ike.internal.message.Payload;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our half of a key exchange, made from a seed: what a checkpoint keeps is the seed, and whoever resumes has the same key
 * pair.
 */
final class KeyShare implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeyShare.class);
    private static final int SEED_LENGTH = 48;

    private final int method;
    private final SecretBytes seed;
    private final KeyExchange.KeyPair pair;

    private KeyShare(int method, SecretBytes seed, KeyExchange.KeyPair pair) {
        this.method = method;
        this.seed = seed;
        this.pair = pair;
    }

    static KeyShare generate(Session session, int method) throws UnavailableTransformException {
        SecretBytes seed = SecretBytes.owning(session.randomBytes(SEED_LENGTH).toArray());
        return restore(session.context().crypto(), method, seed);
    }

    static KeyShare restore(CryptoRegistry crypto, int method, SecretBytes seed) throws UnavailableTransformException {
        try {
            return new KeyShare(method, seed, crypto.keyExchange(method).generate(new SeededRandom(seed)));
        } catch (RuntimeException | LinkageError e) {
            throw failed(method, e);
        }
    }

    /** Answers a peer's share, and returns the secret with the value to send. */
    static KeyExchange.Response respond(Session session, Payload.KeyExchange theirs)
            throws UnavailableTransformException, IkeProtocolException {
        SecureRandom random = session.context().random();
        try {
            return session.context()
                    .crypto()
                    .keyExchange(theirs.method())
                    .respond(theirs.value().toArray(), random);
        } catch (InvalidPublicValueException e) {
            throw IkeProtocolException.invalidSyntax(String.valueOf(e.getMessage()));
        } catch (RuntimeException | LinkageError e) {
            throw failed(theirs.method(), e);
        }
    }

    /** A provider's mistake is as if it were not there: its exchange fails, with the reason. */
    private static UnavailableTransformException failed(int method, Throwable mistake) {
        LOG.error("key exchange method {} failed", method, mistake);
        return new UnavailableTransformException(TransformId.keyExchange(method), mistake);
    }

    int method() {
        return method;
    }

    SecretBytes seed() {
        return seed;
    }

    Payload.KeyExchange payload() {
        return new Payload.KeyExchange(method, Bytes.of(pair.publicValue()));
    }

    /** Returns the shared secret; the caller closes it. */
    SecretBytes agree(Payload.KeyExchange theirs) throws IkeProtocolException {
        if (theirs.method() != method) {
            throw IkeProtocolException.invalidSyntax(
                    "the key exchange payload is of method " + theirs.method() + ", not " + method);
        }
        try {
            return pair.agree(theirs.value().toArray());
        } catch (InvalidPublicValueException e) {
            throw IkeProtocolException.invalidSyntax(String.valueOf(e.getMessage()));
        } catch (RuntimeException | LinkageError e) {
            throw IkeProtocolException.invalidSyntax(
                    String.valueOf(failed(method, e).getMessage()));
        }
    }

    @Override
    public void close() {
        try {
            pair.close();
        } catch (RuntimeException | LinkageError e) {
            LOG.error("key exchange method {} did not wipe its key", method, e);
        } finally {
            seed.close();
        }
    }
}
