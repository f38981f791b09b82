package org.sallyport.benchmarks.handshakes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.util.List;
import org.sallyport.crypto.Prf;
import org.sallyport.ike.internal.message.AuthMethod;
import org.sallyport.ike.internal.message.Bytes;
import org.sallyport.ike.internal.message.Payload;

/** By a certificate for a P-256 key, signing with SHA-256 as RFC 7427 has it. */
final class CertificateProof implements Proof {
    private static final int X509 = 4;
    /** ecdsa-with-SHA256 with the length before it (RFC 7427 section 3). */
    private static final byte[] ALGORITHM =
            Bytes.ofHex("0c300a06082a8648ce3d040302").toArray();

    private final Payload certificate;
    private final Signature signature;

    CertificateProof(Path folder) {
        try {
            certificate =
                    new Payload.Certificate(X509, Bytes.of(Files.readAllBytes(folder.resolve(Certificates.CLIENT))));
            signature = Certificates.signer(folder.resolve(Certificates.CLIENT_KEY));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String identity(int n) {
        return Clients.CERTIFIED;
    }

    @Override
    public String addresses() {
        return Clients.CERTIFIED_ADDRESSES;
    }

    @Override
    public List<Payload> payloads(Prf prf, byte[] octets) {
        try {
            signature.update(octets);
            byte[] signed = signature.sign();
            byte[] data = new byte[ALGORITHM.length + signed.length];
            System.arraycopy(ALGORITHM, 0, data, 0, ALGORITHM.length);
            System.arraycopy(signed, 0, data, ALGORITHM.length, signed.length);
            return List.of(certificate, new Payload.Authentication(AuthMethod.DIGITAL_SIGNATURE, Bytes.of(data)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a client cannot sign", e);
        }
    }
}
