package org.sallyport.crypto.internal;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.Aead;
import org.sallyport.crypto.TransformId;

/**
 * AES-CCM (RFC 3610) as RFC 4309 has it for ESP and RFC 5282 for IKE: a nonce of 3 octets of salt and 8 of IV, and 4 octets
 * that count. Made of the JDK's CBC and CTR modes, which run on AES instructions; a block cipher called block by block is
 * many times slower.
 */
final class JdkAesCcm implements Aead {
    private static final int SALT = 3;
    private static final int IV = Long.BYTES;
    private static final int BLOCK = 16;
    private static final int COUNTER_FLAGS = 4 - 1; // octets that count, less one (RFC 3610 section 2.2)
    private static final int HAS_ASSOCIATED_DATA = 0x40;
    private static final int LONGEST_ASSOCIATED_DATA = 0xfeff; // longer ones are written otherwise

    private final Provider provider;
    private final TransformId transform;
    private final int icv;

    JdkAesCcm(Provider provider, int id, int keyBits, int icv) {
        this.provider = provider;
        this.transform = TransformId.encr(id, keyBits);
        this.icv = icv;
    }

    @Override
    public TransformId transform() {
        return transform;
    }

    @Override
    public int keyLength() {
        return transform.keyBits() / Byte.SIZE;
    }

    @Override
    public int saltLength() {
        return SALT;
    }

    @Override
    public int ivLength() {
        return IV;
    }

    @Override
    public int icvLength() {
        return icv;
    }

    @Override
    public Keyed withKey(SecretBytes keyAndSalt) {
        SymmetricKey.requireLength(transform, "key and salt", keyAndSalt, keyMaterialLength());
        return keyAndSalt.use(Direction::new);
    }

    private final class Direction implements Keyed {
        private final SymmetricKey key;
        /** Flags, nonce and counter: the first counter block. */
        private final byte[] counter = new byte[BLOCK];

        private final Cipher ctr = Jce.cipher("AES/CTR/NoPadding", provider);
        private final Cipher cbc = Jce.cipher("AES/CBC/NoPadding", provider);

        Direction(byte[] keyAndSalt) {
            key = new SymmetricKey(Arrays.copyOf(keyAndSalt, keyLength()), "AES");
            counter[0] = COUNTER_FLAGS;
            System.arraycopy(keyAndSalt, keyLength(), counter, 1, SALT);
        }

        @Override
        public void seal(long iv, byte[] buffer, int aadOffset, int aadLength, int textOffset, int textLength) {
            ExplicitIv.put(counter, 1 + SALT, iv);
            byte[] text = new byte[BLOCK + textLength];
            System.arraycopy(buffer, textOffset, text, BLOCK, textLength);
            authenticate(buffer, aadOffset, aadLength, text);
            crypt(text);
            System.arraycopy(text, BLOCK, buffer, textOffset, textLength);
            System.arraycopy(text, 0, buffer, textOffset + textLength, icv);
        }

        @Override
        public boolean open(long iv, byte[] buffer, int aadOffset, int aadLength, int textOffset, int textLength) {
            ExplicitIv.put(counter, 1 + SALT, iv);
            byte[] text = new byte[BLOCK + textLength];
            System.arraycopy(buffer, textOffset, text, BLOCK, textLength);
            System.arraycopy(buffer, textOffset + textLength, text, 0, icv);
            crypt(text);
            byte[] claimed = Arrays.copyOf(text, icv);
            authenticate(buffer, aadOffset, aadLength, text);
            boolean genuine = ConstantTime.equal(claimed, 0, text, 0, icv);
            if (genuine) {
                System.arraycopy(text, BLOCK, buffer, textOffset, textLength);
            }
            Arrays.fill(text, (byte) 0);
            return genuine;
        }

        /** Encrypts or decrypts tag and text: the tag takes the first key stream block (RFC 3610 section 2.3). */
        private void crypt(byte[] tagAndText) {
            try {
                ctr.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(counter));
                ctr.doFinal(tagAndText, 0, tagAndText.length, tagAndText, 0);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("the JDK does not compute " + transform, e);
            }
        }

        /** Puts the tag of the text behind the first block into that block (RFC 3610 section 2.2). */
        private void authenticate(byte[] buffer, int aadOffset, int aadLength, byte[] text) {
            byte[] blocks = blocks(buffer, aadOffset, aadLength, text);
            try {
                cbc.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(new byte[BLOCK]));
                byte[] mac = cbc.doFinal(blocks);
                System.arraycopy(mac, mac.length - BLOCK, text, 0, BLOCK);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("the JDK does not compute " + transform, e);
            } finally {
                Arrays.fill(blocks, (byte) 0);
            }
        }

        private byte[] blocks(byte[] buffer, int aadOffset, int aadLength, byte[] text) {
            if (aadLength > LONGEST_ASSOCIATED_DATA) {
                throw new IllegalArgumentException(transform + " takes at most " + LONGEST_ASSOCIATED_DATA
                        + " octets of associated data, not " + aadLength);
            }
            int textLength = text.length - BLOCK;
            int associated = aadLength == 0 ? 0 : roundedUp(Short.BYTES + aadLength);
            ByteBuffer blocks = ByteBuffer.allocate(BLOCK + associated + roundedUp(textLength));
            int flags = (aadLength == 0 ? 0 : HAS_ASSOCIATED_DATA) | (((icv - 2) / 2) << 3) | COUNTER_FLAGS;
            blocks.put((byte) flags).put(counter, 1, SALT + IV).putInt(textLength);
            if (aadLength > 0) {
                blocks.putShort((short) aadLength).put(buffer, aadOffset, aadLength);
            }
            blocks.put(BLOCK + associated, text, BLOCK, textLength);
            return blocks.array();
        }

        private static int roundedUp(int length) {
            return Math.ceilDiv(length, BLOCK) * BLOCK;
        }

        @Override
        public void close() {
            key.destroy();
            Arrays.fill(counter, (byte) 0);
        }
    }
}
