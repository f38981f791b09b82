package org.sallyport.ike.internal.eap;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.MD4Digest;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.engines.DESEngine;
import org.bouncycastle.crypto.params.DESParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.sallyport.api.secret.SecretBytes;

/**
 * The arithmetic of MS-CHAPv2 (RFC 2759 section 8) and of its keys (RFC 3079 section 3). MD4, DES and SHA-1 are used here
 * because the method is made of them, and nowhere else.
 */
final class MsChapV2 {
    static final int CHALLENGE = 16;
    static final int RESPONSE = 24;

    private static final int HASH = 16;
    private static final int MSK = 64;
    private static final byte[] SIGNING = ascii("Magic server to client signing constant");
    private static final byte[] PAD = ascii("Pad to make it do more than one iteration");
    private static final byte[] MASTER = ascii("This is the MPPE Master Key");
    private static final byte[] PEER_SENDS =
            ascii("On the client side, this is the send key; on the server side, it is the receive key.");
    private static final byte[] SERVER_SENDS =
            ascii("On the client side, this is the receive key; on the server side, it is the send key.");

    private MsChapV2() {}

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Returns MD4 of the password, UTF-8 here and UTF-16 there. */
    static SecretBytes passwordHash(SecretBytes password) {
        return password.use(utf8 -> {
            byte[] utf16 = utf16(utf8);
            try {
                return SecretBytes.owning(digest(new MD4Digest(), utf16));
            } finally {
                Arrays.fill(utf16, (byte) 0);
            }
        });
    }

    /** Without a String, which could not be wiped. */
    private static byte[] utf16(byte[] utf8) {
        var chars = StandardCharsets.UTF_8.decode(java.nio.ByteBuffer.wrap(utf8));
        byte[] result = new byte[2 * chars.remaining()];
        for (int i = 0; chars.hasRemaining(); i += 2) {
            char c = chars.get();
            result[i] = (byte) c;
            result[i + 1] = (byte) (c >> Byte.SIZE);
        }
        Arrays.fill(chars.array(), '\0');
        return result;
    }

    /** Returns the NT response (GenerateNTResponse). */
    static byte[] response(byte[] serverChallenge, byte[] peerChallenge, String user, SecretBytes passwordHash) {
        byte[] challenge = challengeHash(peerChallenge, serverChallenge, user);
        return passwordHash.use(hash -> {
            byte[] keys = Arrays.copyOf(hash, 21);
            byte[] result = new byte[RESPONSE];
            for (int i = 0; i < 3; i++) {
                des(keys, 7 * i, challenge, result, 8 * i);
            }
            Arrays.fill(keys, (byte) 0);
            return result;
        });
    }

    private static byte[] challengeHash(byte[] peerChallenge, byte[] serverChallenge, String user) {
        String name = user.substring(user.lastIndexOf('\\') + 1); // without a domain
        byte[] hash = digest(new SHA1Digest(), peerChallenge, serverChallenge, name.getBytes(StandardCharsets.UTF_8));
        return Arrays.copyOf(hash, 8);
    }

    private static void des(byte[] keys, int from, byte[] clear, byte[] out, int at) {
        long bits = 0;
        for (int i = 0; i < 7; i++) {
            bits = (bits << Byte.SIZE) | (keys[from + i] & 0xff);
        }
        byte[] key = new byte[8];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) ((bits >> (49 - 7 * i)) << 1);
        }
        DESParameters.setOddParity(key);
        DESEngine engine = new DESEngine();
        engine.init(true, new KeyParameter(key));
        engine.processBlock(clear, 0, out, at);
        Arrays.fill(key, (byte) 0);
    }

    /** Returns the server's proof that it knows the password (GenerateAuthenticatorResponse). */
    static String authenticator(
            SecretBytes passwordHash, byte[] response, byte[] peerChallenge, byte[] serverChallenge, String user) {
        byte[] hashHash = passwordHash.use(h -> digest(new MD4Digest(), h));
        byte[] first = digest(new SHA1Digest(), hashHash, response, SIGNING);
        byte[] second = digest(new SHA1Digest(), first, challengeHash(peerChallenge, serverChallenge, user), PAD);
        Arrays.fill(hashHash, (byte) 0);
        return "S=" + HexFormat.of().formatHex(second).toUpperCase(Locale.ROOT);
    }

    /** Returns the key that both sides have: the peer's send key, the server's, and zeros. */
    static SecretBytes key(SecretBytes passwordHash, byte[] response) {
        byte[] hashHash = passwordHash.use(h -> digest(new MD4Digest(), h));
        byte[] master = Arrays.copyOf(digest(new SHA1Digest(), hashHash, response, MASTER), HASH);
        byte[] result = new byte[MSK];
        startKey(master, PEER_SENDS, result, 0);
        startKey(master, SERVER_SENDS, result, HASH);
        Arrays.fill(hashHash, (byte) 0);
        Arrays.fill(master, (byte) 0);
        return SecretBytes.owning(result);
    }

    private static void startKey(byte[] master, byte[] direction, byte[] out, int at) {
        byte[] zeros = new byte[40];
        byte[] ones = new byte[40];
        Arrays.fill(ones, (byte) 0xf2);
        byte[] hash = digest(new SHA1Digest(), master, zeros, direction, ones);
        System.arraycopy(hash, 0, out, at, HASH);
        Arrays.fill(hash, (byte) 0);
    }

    private static byte[] digest(Digest digest, byte[]... parts) {
        for (byte[] part : parts) {
            digest.update(part, 0, part.length);
        }
        byte[] result = new byte[digest.getDigestSize()];
        digest.doFinal(result, 0);
        return result;
    }
}
