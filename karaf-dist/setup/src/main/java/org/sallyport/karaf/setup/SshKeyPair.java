package org.sallyport.karaf.setup;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;

/**
 * An ECDSA key pair on P-256 in the forms that ssh and Karaf's server read: PKCS #8 in PEM for the private half, RFC 5656
 * section 3.1 for the public one.
 */
record SshKeyPair(KeyPair keys) {
    static final String TYPE = "ecdsa-sha2-nistp256";
    private static final String CURVE = "nistp256";
    private static final int COORDINATE_BYTES = 32;
    private static final int PEM_LINE = 64;

    static SshKeyPair generate(SecureRandom random) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"), random);
        return new SshKeyPair(generator.generateKeyPair());
    }

    String privatePem() {
        Base64.Encoder encoder = Base64.getMimeEncoder(PEM_LINE, new byte[] {'\n'});
        return "-----BEGIN PRIVATE KEY-----\n"
                + encoder.encodeToString(keys.getPrivate().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
    }

    /** The public key as it stands in {@code authorized_keys} after the type, and in Karaf's {@code keys.properties}. */
    String publicBlob() {
        ECPublicKey key = (ECPublicKey) keys.getPublic();
        ByteArrayOutputStream blob = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(blob)) {
            string(out, TYPE.getBytes(StandardCharsets.US_ASCII));
            string(out, CURVE.getBytes(StandardCharsets.US_ASCII));
            byte[] point = new byte[1 + 2 * COORDINATE_BYTES];
            point[0] = 4; // uncompressed: SEC 1 section 2.3.3
            put(key.getW().getAffineX(), point, 1);
            put(key.getW().getAffineY(), point, 1 + COORDINATE_BYTES);
            string(out, point);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Base64.getEncoder().encodeToString(blob.toByteArray());
    }

    @Override
    public String toString() {
        return TYPE + " " + publicBlob();
    }

    private static void put(BigInteger coordinate, byte[] point, int offset) {
        byte[] bytes = coordinate.toByteArray(); // up to one leading zero for the sign, or shorter than the field
        byte[] magnitude = bytes.length > COORDINATE_BYTES ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
        System.arraycopy(magnitude, 0, point, offset + COORDINATE_BYTES - magnitude.length, magnitude.length);
    }

    private static void string(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }
}
