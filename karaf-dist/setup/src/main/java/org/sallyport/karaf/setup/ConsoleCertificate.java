package org.sallyport.karaf.setup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The console's self-signed certificate, made by the JDK's own keytool. */
final class ConsoleCertificate {
    private static final String ALIAS = "console";
    private static final String VALID_DAYS = "3650";
    private static final int SECONDS = 60;
    private static final String PASSWORD_VARIABLE = "SALLYPORT_STORE_PASSWORD";

    private ConsoleCertificate() {}

    /**
     * Makes a PKCS #12 store with one P-256 key and its certificate.
     *
     * @param names the certificate's subject alternative names as keytool writes them, such as {@code dns:localhost}
     * @return the certificate's SHA-256 fingerprint as browsers show it
     */
    static String create(Path store, String password, List<String> names)
            throws IOException, InterruptedException, GeneralSecurityException {
        ProcessBuilder keytool = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-genkeypair",
                "-alias",
                ALIAS,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-sigalg",
                "SHA256withECDSA",
                "-dname",
                "CN=Sallyport console",
                "-validity",
                VALID_DAYS,
                "-ext",
                "san=" + String.join(",", names),
                "-ext",
                "eku=serverAuth",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                // Not as an argument: other users can read a process's command line.
                "-storepass:env",
                PASSWORD_VARIABLE);
        keytool.environment().putAll(Map.of(PASSWORD_VARIABLE, password));
        run(keytool.redirectErrorStream(true));
        return fingerprint(store, password);
    }

    private static void run(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("keytool did not end within " + SECONDS + " s");
        }
        if (process.exitValue() != 0) {
            throw new IOException("keytool could not make the console's certificate: " + output.strip());
        }
    }

    private static String fingerprint(Path store, String password) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, password.toCharArray());
        }
        Certificate certificate = keys.getCertificate(ALIAS);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
        return HexFormat.ofDelimiter(":").withUpperCase().formatHex(digest);
    }
}
