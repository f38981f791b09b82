package org.sallyport.ike.internal.keys;

import java.util.Arrays;
import java.util.List;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.CryptoRegistry;
import org.sallyport.crypto.Protection;
import org.sallyport.crypto.StandardProviders;
import org.sallyport.crypto.TransformId;
import org.sallyport.crypto.UnavailableTransformException;
import org.sallyport.ike.internal.fuzz.FuzzInput;
import org.sallyport.ike.internal.message.IkeProtocolException;

/** Datagrams that claim to be sealed: those that are not are dropped, those that are give a message or a notify. */
public final class SealedMessageFuzz {
    private static final int HEADER = 28;
    private static final int SK = 46;
    private static final int SKF = 53;
    private static final List<Protection> PROTECTIONS = protections();

    private SealedMessageFuzz() {}

    private static List<Protection> protections() {
        CryptoRegistry registry = CryptoRegistry.of(StandardProviders.all());
        try {
            return List.of(
                    Protection.of(registry, TransformId.ENCR_AES_GCM_16, 128, 0),
                    Protection.of(registry, TransformId.ENCR_AES_CBC, 128, 12));
        } catch (UnavailableTransformException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Sealed or not, fragment or not, by which algorithms; then a datagram, or what is inside of one. */
    public static void open(byte[] octets) {
        FuzzInput in = new FuzzInput(octets);
        int how = in.u8();
        Protection protection = PROTECTIONS.get(how & 1);
        try (SecretBytes encryption = secret(protection.keyLength() + protection.saltLength());
                SecretBytes integrity = secret(protection.integrityKeyLength())) {
            DirectionKeys keys = new DirectionKeys(encryption, integrity);
            boolean genuine = (how & 2) != 0;
            byte[] datagram = genuine ? sealed(protection, keys, (how & 4) != 0, in) : in.rest();
            SkCipher.Opened opened = new SkCipher(protection).open(keys, datagram);
            if (!genuine && !(opened instanceof SkCipher.Opened.Dropped)) {
                throw new AssertionError("nobody sealed this, and it counts as genuine");
            }
        } catch (IkeProtocolException e) {
            if (!e.type().isError() || (how & 2) == 0) {
                throw new AssertionError(e);
            }
        }
    }

    private static SecretBytes secret(int length) {
        byte[] key = new byte[length];
        Arrays.fill(key, (byte) 0x5a);
        return SecretBytes.owning(key);
    }

    /** Padding and all is the fuzzer's; only the integrity check value is right. */
    private static byte[] sealed(Protection protection, DirectionKeys keys, boolean fragment, FuzzInput in) {
        int first = in.u8();
        byte[] numbers = {(byte) in.u8(), (byte) in.u8(), (byte) in.u8(), (byte) in.u8()};
        byte[] content = in.rest();
        int text = Math.max(1, Math.ceilDiv(content.length, protection.blockLength())) * protection.blockLength();
        int aad = HEADER + (fragment ? 8 : 4);
        int length = aad + protection.ivLength() + text + protection.icvLength();
        byte[] message = new byte[length];
        message[7] = 1;
        message[16] = (byte) (fragment ? SKF : SK);
        message[17] = 0x20;
        message[18] = 37;
        u16(message, 26, length);
        message[28] = (byte) first;
        u16(message, 30, length - HEADER);
        if (fragment) {
            System.arraycopy(numbers, 0, message, 32, numbers.length);
        }
        System.arraycopy(content, 0, message, aad + protection.ivLength(), content.length);
        try (Protection.Keyed keyed = protection.withKeys(keys.encryption(), keys.integrity())) {
            keyed.seal(1, message, aad, text);
        }
        return message;
    }

    private static void u16(byte[] message, int at, int value) {
        message[at] = (byte) (value >> 8);
        message[at + 1] = (byte) value;
    }
}
