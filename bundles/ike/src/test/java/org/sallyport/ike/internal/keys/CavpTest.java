package org.sallyport.ike.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.sallyport.api.secret.SecretBytes;
import org.sallyport.crypto.Prf;
import org.sallyport.crypto.TransformId;
import org.sallyport.ike.internal.message.Bytes;

/**
 * A vector of NIST's CAVP for the key derivation of IKEv2 (SP 800-135): as its PRF is HMAC-SHA-1, which the product does not
 * have, the test brings one.
 */
class CavpTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final Bytes NI = Bytes.ofHex("32b50d5f4a3763f3");
    private static final Bytes NR = Bytes.ofHex("9206a04b26564cb1");
    private static final int LENGTH = 132;

    private record HmacSha1() implements Prf {
        @Override
        public TransformId transform() {
            return TransformId.prf(2);
        }

        @Override
        public int outputLength() {
            return 20;
        }

        @Override
        public int keyLength() {
            return 20;
        }

        @Override
        public byte[] compute(byte[] key, byte[]... data) {
            try {
                Mac mac = Mac.getInstance("HmacSHA1");
                mac.init(new SecretKeySpec(key, "HmacSHA1"));
                for (byte[] part : data) {
                    mac.update(part);
                }
                return mac.doFinal();
            } catch (GeneralSecurityException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    void derivesWhatNistDerives() {
        Prf prf = new HmacSha1();
        try (SecretBytes shared = secret("4b2c1f971981a8ad8d0abeafabf38cf75fc8349c148142465ed9c8b516b8be52");
                SecretBytes successor = secret("863f3c9d06efd39d2b907b97f8699e5dd5251ef64a2a176f36ee40c87d4f9330");
                SecretBytes skeyseed = KeySchedule.skeyseed(prf, NI, NR, shared);
                SecretBytes material = prf.prfPlus(
                        skeyseed,
                        LENGTH,
                        NI.toArray(),
                        NR.toArray(),
                        HEX.parseHex("34c9e7c188868785"),
                        HEX.parseHex("3ff77d760d2b2199"));
                SecretBytes skD = material.slice(0, prf.keyLength())) {
            assertThat(hex(skeyseed)).isEqualTo("a9a7b222b59f8f48645f28a1db5b5f5d7479cba7");
            assertThat(hex(material))
                    .isEqualTo(
                            "a14293677cc80ff8f9cc0eee30d895da9d8f405666e30ef0dfcb63c634a46002a2a63080e514a062768b7660"
                                    + "6f9fa5e992204fc5a670bde3f10d6b027113936a5c55b648a194ae587b0088d52204b702c979fa280870d2ed41ef"
                                    + "a9c549fd11198af1670b143d384bd275c5f594cf266b05ebadca855e4249520a441a81157435a7a56cc4");
            assertThat(hex(prf.prfPlus(skD, LENGTH, NI.toArray(), NR.toArray())))
                    .startsWith(
                            "8059e3ee8810e6c3a91bc8bcd2a7a41151b8d0e6ae239c7b38093ad85ef4c5811a8e7b5d1cdabd9560b2d5e092")
                    .endsWith("f510b1c0a22f3e664994d234cb4");
            assertThat(hex(successor.<SecretBytes>use(s -> prf.prfPlus(skD, LENGTH, s, NI.toArray(), NR.toArray()))))
                    .startsWith(
                            "bb43244c1860ad65ee1e211ffe8bb3661750c8f89cb9f547df7f4fa61d37301628190e38c66232eab4b3ab14c4")
                    .endsWith("901227cffc06e27899c7054d56fd74c");
            assertThat(hex(KeySchedule.rekeyedSkeyseed(prf, skD, successor, NI, NR)))
                    .isEqualTo("63e81194946ebd05df7df5ebf5d8750056bf1f1d");
        }
    }

    private static SecretBytes secret(String digits) {
        return SecretBytes.owning(HEX.parseHex(digits));
    }

    private static String hex(SecretBytes secret) {
        return secret.use(HEX::formatHex);
    }
}
