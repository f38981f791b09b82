package org.sallyport.example.toy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import org.sallyport.api.sa.SaKeys;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.Prf;

/**
 * Keys of one conversation: from the shared secret, a fresh X25519 exchange, and everything that both sides said.
 *
 * <pre>
 * hello key = prf(shared secret, "Sallyport toy 1, hello")
 * extracted = prf(Ni | Nr, X25519)
 * chained   = prf(extracted, prf(shared secret, "Sallyport toy 1, keys") | HELLO | ANSWER without its MAC)
 * prf+(chained, "Sallyport toy 1") = answer key | talk to responder | talk to initiator | SA to responder | SA to initiator
 * </pre>
 *
 * Whoever records all of it and learns the shared secret later knows none of these keys; whoever does not know the shared
 * secret agrees on none with anybody. Owned by the conversation, which closes it.
 */
final class Keys implements AutoCloseable {
    /** Octets of an AES-256-GCM key with its salt. */
    static final int CIPHER = 32 + 4;

    private static final String LABEL = "Sallyport toy 1";

    private final SecretBytes all;
    private final int mac;

    private Keys(SecretBytes all, int mac) {
        this.all = all;
        this.mac = mac;
    }

    /** Returns the MAC of a HELLO. */
    static byte[] helloMac(Prf prf, SecretBytes secret, byte[] body) {
        try (SecretBytes key = prf.prf(secret, text(LABEL + ", hello"))) {
            return key.use(k -> prf.compute(k, body));
        }
    }

    /** Derives the keys; the caller closes what it gave. */
    static Keys derive(
            Prf prf,
            SecretBytes secret,
            SecretBytes agreed,
            Messages.Hello hello,
            byte[] helloWhole,
            byte[] answerBody,
            byte[] nr) {
        byte[] nonces = Messages.join(hello.nonce(), nr);
        byte[] transcript = Messages.join(helloWhole, answerBody);
        try (SecretBytes extracted = agreed.use(a -> SecretBytes.owning(prf.compute(nonces, a)));
                SecretBytes bound = prf.prf(secret, text(LABEL + ", keys"));
                SecretBytes chained =
                        extracted.use(e -> bound.use(b -> SecretBytes.owning(prf.compute(e, b, transcript))))) {
            int mac = prf.outputLength();
            return new Keys(prf.prfPlus(chained, mac + 4 * CIPHER, text(LABEL)), mac);
        }
    }

    /** Returns the MAC of an ANSWER. */
    byte[] answerMac(Prf prf, byte[] body) {
        try (SecretBytes key = all.slice(0, mac)) {
            return key.use(k -> prf.compute(k, body));
        }
    }

    /** Returns key and salt for what is said in one direction; the caller closes it. */
    SecretBytes talk(boolean toResponder) {
        return slice(toResponder ? 0 : 1);
    }

    /** Returns the keys of the SA in one direction; the caller closes them. */
    SaKeys sa(boolean toResponder) {
        int from = mac + (toResponder ? 2 : 3) * CIPHER;
        return new SaKeys(all.slice(from, from + 32), all.slice(from + 32, from + CIPHER), all.slice(from, from));
    }

    private SecretBytes slice(int number) {
        int from = mac + number * CIPHER;
        return all.slice(from, from + CIPHER);
    }

    /** Compares in constant time. */
    static boolean same(byte[] expected, byte[] said) {
        return MessageDigest.isEqual(Arrays.copyOf(expected, Messages.MAC), said);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() {
        all.close();
    }
}
