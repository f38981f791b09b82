package org.sallyport.pki.internal;

import java.security.cert.CertPathValidatorException;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXCertPathChecker;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a certificate has to be beyond PKIX: strong enough, and meant for IKE (RFC 4945 sections 5.1.3.2 and 5.1.3.12). */
final class Suitability extends PKIXCertPathChecker {
    private static final Set<String> PURPOSES = Set.of(
            "2.5.29.37.0", // any
            "1.3.6.1.5.5.7.3.17", // IKE
            "1.3.6.1.5.5.8.2.2", // IKE intermediate
            "1.3.6.1.5.5.7.3.5", // IPsec end system
            "1.3.6.1.5.5.7.3.6", // IPsec tunnel
            "1.3.6.1.5.5.7.3.7", // IPsec user
            "1.3.6.1.5.5.7.3.1", // TLS server, which Windows and Apple ask for
            "1.3.6.1.5.5.7.3.2"); // TLS client
    private static final int DIGITAL_SIGNATURE = 0;
    private static final int NON_REPUDIATION = 1;

    @Override
    public void init(boolean forward) {
        // every certificate is judged on its own
    }

    @Override
    public boolean isForwardCheckingSupported() {
        return true;
    }

    @Override
    public @Nullable Set<String> getSupportedExtensions() {
        return null;
    }

    @Override
    public void check(Certificate certificate, @Nullable Collection<String> unresolved)
            throws CertPathValidatorException {
        Optional<String> weakness = weakness((X509Certificate) certificate);
        if (weakness.isPresent()) {
            throw new CertPathValidatorException(weakness.get());
        }
    }

    /** Returns what is wrong with any certificate but an anchor. */
    static Optional<String> weakness(X509Certificate certificate) {
        String algorithm = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
        if (algorithm.startsWith("SHA1") || algorithm.startsWith("MD")) {
            return Optional.of("it is signed with " + certificate.getSigAlgName()
                    + ", which can be forged; SHA-256 or better is needed");
        }
        return Schemes.weakness(certificate.getPublicKey());
    }

    /** Returns why a certificate is not meant for who speaks IKE with it. */
    static Optional<String> misuse(X509Certificate certificate) {
        boolean @Nullable [] usage = certificate.getKeyUsage();
        if (usage != null && !usage[DIGITAL_SIGNATURE] && !usage[NON_REPUDIATION]) {
            return Optional.of("its key usage has neither digitalSignature nor nonRepudiation");
        }
        try {
            @Nullable List<String> purposes = certificate.getExtendedKeyUsage();
            if (purposes != null && purposes.stream().noneMatch(PURPOSES::contains)) {
                return Optional.of("its extended key usage " + purposes
                        + " has neither IKE (1.3.6.1.5.5.7.3.17) nor serverAuth nor clientAuth");
            }
        } catch (CertificateParsingException e) {
            return Optional.of("its extended key usage cannot be read");
        }
        return Optional.empty();
    }
}
