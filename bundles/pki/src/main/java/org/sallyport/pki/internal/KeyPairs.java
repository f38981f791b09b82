package org.sallyport.pki.internal;

import java.io.IOException;
import java.security.PrivateKey;
import java.security.PublicKey;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed448PrivateKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/** The public half of a private key, for keys that come without a certificate. */
final class KeyPairs {
    private KeyPairs() {}

    static PublicKey publicHalf(PrivateKey key) throws IOException {
        AsymmetricKeyParameter half =
                switch (PrivateKeyFactory.createKey(key.getEncoded())) {
                    case RSAPrivateCrtKeyParameters rsa ->
                        new RSAKeyParameters(false, rsa.getModulus(), rsa.getPublicExponent());
                    case ECPrivateKeyParameters ec ->
                        new ECPublicKeyParameters(
                                ec.getParameters().getG().multiply(ec.getD()).normalize(), ec.getParameters());
                    case Ed25519PrivateKeyParameters ed -> ed.generatePublicKey();
                    case Ed448PrivateKeyParameters ed -> ed.generatePublicKey();
                    default -> throw new IOException("keys of kind " + key.getAlgorithm() + " cannot sign");
                };
        SubjectPublicKeyInfo info = SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(half);
        return new JcaPEMKeyConverter().setProvider(Bouncy.CASTLE).getPublicKey(info);
    }
}
