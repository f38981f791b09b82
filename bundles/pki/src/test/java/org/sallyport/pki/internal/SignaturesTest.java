package org.sallyport.pki.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sallyport.api.authentication.SignatureScheme;

/** Signatures as the RFCs publish them, and the ways in which forged ones were accepted elsewhere. */
class SignaturesTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final byte[] TEXT = "what is signed".getBytes(StandardCharsets.US_ASCII);
    private static final String ED25519_PREFIX = "302a300506032b6570032100";
    private static final String ED448_PREFIX = "3043300506032b6571033a00";
    /** The order of the base point of edwards25519 (RFC 8032 section 5.1). */
    private static final BigInteger L =
            BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));

    private static PublicKey key(String algorithm, String encoded) throws Exception {
        return KeyFactory.getInstance(algorithm, Bouncy.CASTLE)
                .generatePublic(new X509EncodedKeySpec(HEX.parseHex(encoded)));
    }

    private static boolean verifies(PublicKey key, SignatureScheme scheme, String text, String signature) {
        return Schemes.verify(key, scheme, HEX.parseHex(text), HEX.parseHex(signature));
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            # RFC 8032 section 7.1, tests 1 to 3
            d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a, '', e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b
            3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c, 72, 92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00
            fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025, af82, 6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a
            """)
    void ed25519(String publicKey, String text, String signature) throws Exception {
        PublicKey key = key("Ed25519", ED25519_PREFIX + publicKey);
        assertThat(verifies(key, SignatureScheme.ED25519, text, signature)).isTrue();
        assertThat(verifies(key, SignatureScheme.ED25519, text + "00", signature))
                .isFalse();
        assertThat(verifies(key, SignatureScheme.ED448, text, signature)).isFalse();
        everyOctetCounts(key, SignatureScheme.ED25519, HEX.parseHex(text), HEX.parseHex(signature));
    }

    /** RFC 8032 section 5.1.7: s is below the group's order, or every signature had a second form. */
    @Test
    void ed25519IsNotMalleable() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519", Bouncy.CASTLE).generateKeyPair();
        byte[] signature = signed(pair, "Ed25519");
        BigInteger s = littleEndian(Arrays.copyOfRange(signature, 32, 64)).add(L);
        byte[] other = signature.clone();
        byte[] big = s.toByteArray();
        for (int i = 0; i < 32; i++) {
            other[32 + i] = i < big.length ? big[big.length - 1 - i] : 0;
        }
        assertThat(Schemes.verify(pair.getPublic(), SignatureScheme.ED25519, TEXT, signature))
                .isTrue();
        assertThat(Schemes.verify(pair.getPublic(), SignatureScheme.ED25519, TEXT, other))
                .isFalse();
    }

    private static BigInteger littleEndian(byte[] octets) {
        byte[] reversed = new byte[octets.length];
        for (int i = 0; i < octets.length; i++) {
            reversed[i] = octets[octets.length - 1 - i];
        }
        return new BigInteger(1, reversed);
    }

    @Test
    void ed448() throws Exception {
        // RFC 8032 section 7.4, "Blank" and "1 octet"
        PublicKey blank = key(
                "Ed448",
                ED448_PREFIX
                        + "5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778edf124769b46c7061bd6783df1e50f6cd1fa1abeafe8256180");
        String signature =
                "533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f2b233f034f628281f2fd7a22ddd47d7828c59bd0a21bfd3980ff0d2028d4b18a9df63e006c5d1c2d345b925d8dc00b4104852db99ac5c7cdda8530a113a0f4dbb61149f05a7363268c71d95808ff2e652600";
        assertThat(verifies(blank, SignatureScheme.ED448, "", signature)).isTrue();
        assertThat(verifies(blank, SignatureScheme.ED448, "00", signature)).isFalse();
        everyOctetCounts(blank, SignatureScheme.ED448, new byte[0], HEX.parseHex(signature));
    }

    @Test
    void ecdsa() throws Exception {
        // RFC 6979 appendix A.2.5: P-256, SHA-256, "sample"
        PublicKey key = key(
                "EC",
                "3059301306072a8648ce3d020106082a8648ce3d030107034200"
                        + "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299");
        BigInteger r = new BigInteger("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716", 16);
        BigInteger s = new BigInteger("f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8", 16);
        byte[] text = "sample".getBytes(StandardCharsets.US_ASCII);
        assertThat(Schemes.verify(key, SignatureScheme.ECDSA_SHA256, text, der(r, s)))
                .isTrue();
        BigInteger n = ((ECPublicKey) key).getParams().getOrder();
        for (BigInteger[] forged : List.of(
                new BigInteger[] {BigInteger.ZERO, BigInteger.ZERO},
                new BigInteger[] {BigInteger.ZERO, s},
                new BigInteger[] {r, BigInteger.ZERO},
                new BigInteger[] {BigInteger.ONE, BigInteger.ZERO},
                new BigInteger[] {n, n},
                new BigInteger[] {r.add(n), s},
                new BigInteger[] {r, s.add(n)},
                new BigInteger[] {r.negate(), s},
                new BigInteger[] {r, s.negate()},
                new BigInteger[] {r.subtract(n), s},
                new BigInteger[] {s, r})) {
            assertThat(Schemes.verify(key, SignatureScheme.ECDSA_SHA256, text, der(forged[0], forged[1])))
                    .as("r %s, s %s", forged[0].toString(16), forged[1].toString(16))
                    .isFalse();
        }
    }

    /** More than one encoding of the same numbers would be more than one signature. */
    @Test
    void ecdsaHasOneEncoding() throws Exception {
        KeyPair pair = ec("secp256r1");
        byte[] good = signed(pair, "SHA256withECDSA");
        for (byte[] other : List.of(
                Arrays.copyOf(good, good.length + 1),
                Arrays.copyOf(good, good.length - 1),
                longLength(good),
                indefinite(good))) {
            assertThat(Schemes.verify(pair.getPublic(), SignatureScheme.ECDSA_SHA256, TEXT, other))
                    .as(HEX.formatHex(other))
                    .isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"secp256r1", "secp384r1", "secp521r1", "brainpoolP256r1"})
    void ecdsaOfAnotherKeyOrHashIsNone(String curve) throws Exception {
        KeyPair pair = ec(curve);
        byte[] signature = signed(pair, "SHA384withECDSA");
        assertThat(Schemes.verify(pair.getPublic(), SignatureScheme.ECDSA_SHA384, TEXT, signature))
                .isTrue();
        assertThat(Schemes.verify(pair.getPublic(), SignatureScheme.ECDSA_SHA512, TEXT, signature))
                .isFalse();
        assertThat(Schemes.verify(ec(curve).getPublic(), SignatureScheme.ECDSA_SHA384, TEXT, signature))
                .isFalse();
        everyOctetCounts(pair.getPublic(), SignatureScheme.ECDSA_SHA384, TEXT, signature);
    }

    /** PKCS#1 v1.5 is compared with the one padding there is, never parsed: what was built around that is no signature. */
    @Test
    void rsaPaddingIsExact() throws Exception {
        KeyPair pair = rsa();
        RSAPrivateKey secret = (RSAPrivateKey) pair.getPrivate();
        int length = secret.getModulus().bitLength() / 8;
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(TEXT);
        byte[] info = joined(HEX.parseHex("3031300d060960864801650304020105000420"), hash);
        assertThat(rsaVerifies(pair, padded(length, info, 0)))
                .as("the padding of RFC 8017")
                .isTrue();
        assertThat(rsaVerifies(pair, padded(length, info, 8)))
                .as("octets behind the hash")
                .isFalse();
        byte[] longForm = joined(HEX.parseHex("308131300d060960864801650304020105000420"), hash);
        assertThat(rsaVerifies(pair, padded(length, longForm, 0)))
                .as("a length in its long form")
                .isFalse();
        byte[] sha1 = joined(HEX.parseHex("3021300906052b0e03021a05000414"), Arrays.copyOf(hash, 20));
        assertThat(rsaVerifies(pair, padded(length, sha1, 0)))
                .as("another hash")
                .isFalse();
        byte[] wrongBlock = padded(length, info, 0);
        wrongBlock[1] = 2;
        assertThat(rsaVerifies(pair, wrongBlock)).as("block type 2").isFalse();
        byte[] wrongFill = padded(length, info, 0);
        wrongFill[9] = 0x7f;
        assertThat(rsaVerifies(pair, wrongFill)).as("padding other than ff").isFalse();
        assertThat(Schemes.verify(pair.getPublic(), SignatureScheme.RSA_PKCS1_SHA256, TEXT, new byte[length]))
                .isFalse();
        assertThat(Schemes.verify(
                        pair.getPublic(),
                        SignatureScheme.RSA_PKCS1_SHA256,
                        TEXT,
                        fixed(((RSAPublicKey) pair.getPublic()).getModulus(), length)))
                .isFalse();
    }

    private static boolean rsaVerifies(KeyPair pair, byte[] block) {
        RSAPrivateKey secret = (RSAPrivateKey) pair.getPrivate();
        BigInteger signature = new BigInteger(1, block).modPow(secret.getPrivateExponent(), secret.getModulus());
        return Schemes.verify(pair.getPublic(), SignatureScheme.RSA_PKCS1_SHA256, TEXT, fixed(signature, block.length));
    }

    private static byte[] padded(int length, byte[] info, int garbage) {
        byte[] block = new byte[length];
        Arrays.fill(block, 2, length, (byte) 0xff);
        block[1] = 1;
        int at = length - info.length - garbage;
        block[at - 1] = 0;
        System.arraycopy(info, 0, block, at, info.length);
        return block;
    }

    /** The salt is as long as the hash (RFC 7427 appendix A.4); nothing else is taken for the same. */
    @Test
    void pssWithOtherParametersIsNone() throws Exception {
        KeyPair pair = rsa();
        assertThat(pss(pair, "SHA-256", 32)).isTrue();
        assertThat(pss(pair, "SHA-256", 20)).isFalse();
        assertThat(pss(pair, "SHA-256", 0)).isFalse();
        assertThat(pss(pair, "SHA-512", 32)).isFalse();
        assertThat(pss(pair, "SHA-1", 32)).isFalse();
    }

    private static boolean pss(KeyPair pair, String hash, int salt) throws Exception {
        Signature signer = Signature.getInstance("RSASSA-PSS", Bouncy.CASTLE);
        signer.setParameter(new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), salt, 1));
        signer.initSign(pair.getPrivate());
        signer.update(TEXT);
        return Schemes.verify(pair.getPublic(), SignatureScheme.RSA_PSS_SHA256, TEXT, signer.sign());
    }

    private static void everyOctetCounts(PublicKey key, SignatureScheme scheme, byte[] text, byte[] signature) {
        for (int i = 0; i < signature.length; i += 3) {
            byte[] damaged = signature.clone();
            damaged[i] ^= 1;
            assertThat(Schemes.verify(key, scheme, text, damaged))
                    .as("octet %d", i)
                    .isFalse();
        }
        assertThat(Schemes.verify(key, scheme, text, new byte[0])).isFalse();
        assertThat(Schemes.verify(key, scheme, text, new byte[signature.length]))
                .isFalse();
        assertThat(Schemes.verify(key, scheme, text, Arrays.copyOf(signature, signature.length - 1)))
                .isFalse();
        assertThat(Schemes.verify(key, scheme, text, Arrays.copyOf(signature, signature.length + 1)))
                .isFalse();
    }

    private static byte[] signed(KeyPair pair, String algorithm) throws Exception {
        Signature signer = Signature.getInstance(algorithm, Bouncy.CASTLE);
        signer.initSign(pair.getPrivate());
        signer.update(TEXT);
        return signer.sign();
    }

    private static KeyPair ec(String curve) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", Bouncy.CASTLE);
        generator.initialize(new ECGenParameterSpec(curve));
        return generator.generateKeyPair();
    }

    private static KeyPair rsa() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA", Bouncy.CASTLE);
        generator.initialize(2048);
        return generator.generateKeyPair();
    }

    private static byte[] der(BigInteger r, BigInteger s) {
        byte[] first = r.toByteArray();
        byte[] second = s.toByteArray();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0x30);
        out.write(4 + first.length + second.length);
        out.write(2);
        out.write(first.length);
        out.writeBytes(first);
        out.write(2);
        out.write(second.length);
        out.writeBytes(second);
        return out.toByteArray();
    }

    /** The same with its length in the long form. */
    private static byte[] longLength(byte[] der) {
        return joined(new byte[] {0x30, (byte) 0x81, der[1]}, Arrays.copyOfRange(der, 2, der.length));
    }

    /** The same in BER. */
    private static byte[] indefinite(byte[] der) {
        return joined(joined(new byte[] {0x30, (byte) 0x80}, Arrays.copyOfRange(der, 2, der.length)), new byte[2]);
    }

    private static byte[] fixed(BigInteger value, int length) {
        byte[] octets = value.toByteArray();
        byte[] result = new byte[length];
        int from = Math.max(0, octets.length - length);
        System.arraycopy(octets, from, result, length - (octets.length - from), octets.length - from);
        return result;
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }
}
