package org.sallyport.pki.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sallyport.api.authentication.AuthenticationException;
import org.sallyport.api.authentication.OwnKey;
import org.sallyport.api.negotiation.Credentials;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.Pad;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.proposal.Proposal;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.secret.SecretBytes;

/** Files as OpenSSL writes them. */
class KeyFilesTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final Map<String, List<String>> values = new TreeMap<>();
    private String passphrase = "correct horse";

    @BeforeEach
    void needsOpenSsl() {
        assumeTrue(Files.exists(Path.of("/usr/bin/openssl")), "openssl is not installed");
    }

    private void openssl(String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(("/usr/bin/openssl " + command).split(" "))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0)
                .as(said)
                .isTrue();
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            }
        }
    }

    private void say(String key, String file) {
        values.put(key, List.of(folder.resolve(file).toString()));
    }

    private FileCredentials credentials() {
        return new FileCredentials(ref -> SecretBytes.owning(passphrase.getBytes(StandardCharsets.UTF_8)));
    }

    private OwnKey key() throws AuthenticationException {
        return credentials().ownKey(peer()).orElseThrow();
    }

    private PadEntry peer() {
        return PadEntry.builder(new ConnectionId("west"))
                .localIdentity(Identity.parse("gw.example.org"))
                .remoteIdentity(Identity.parse("west.example.org"))
                .ikeProposals(List.of(Proposal.ike("aes256gcm16-prfsha384-ecp384")))
                .credentials(Credentials.of(values, Credentials.Revocation.IF_PRESENT))
                .build();
    }

    private void certificate() throws IOException, InterruptedException {
        openssl("req -x509 -key own.key -subj /CN=gw.example.org -days 9 -out own.crt");
        say(Credentials.CERTIFICATE_FILE, "own.crt");
    }

    @ParameterizedTest
    @CsvSource({
        "genpkey -algorithm rsa -out own.key, RSA",
        "genrsa -traditional -out own.key, RSA",
        "ecparam -name prime256v1 -genkey -out own.key, EC",
        "genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-384 -out own.key, EC",
        "genpkey -algorithm ed25519 -out own.key, Ed25519",
        "genpkey -algorithm ed448 -out own.key, Ed448"
    })
    void keysInPem(String command, String algorithm) throws Exception {
        openssl(command);
        say(Credentials.KEY_FILE, "own.key");
        assertThat(key().publicKey().getAlgorithm()).as("raw").isIn(algorithm, "EdDSA", "ECDSA");
        certificate();
        assertThat(key().certificates()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "genpkey -algorithm ed25519 -aes256 -pass pass:correct_horse -out own.key",
                "genrsa -traditional -aes128 -passout pass:correct_horse -out own.key"
            })
    void aPassphrase(String command) throws Exception {
        passphrase = "correct_horse";
        openssl(command);
        say(Credentials.KEY_FILE, "own.key");
        assertThatThrownBy(this::key).hasMessageContaining("key-passphrase-file");
        say(Credentials.KEY_PASSPHRASE_FILE, "own.key");
        assertThat(key().certificates()).isEmpty();
        passphrase = "battery_staple";
        assertThatThrownBy(this::key).hasMessageContaining("the passphrase does not open it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa", "ed25519"})
    void pkcs12(String algorithm) throws Exception {
        passphrase = "correct_horse";
        openssl("genpkey -algorithm " + algorithm + " -out own.key");
        certificate();
        values.clear();
        openssl("pkcs12 -export -inkey own.key -in own.crt -passout pass:correct_horse -out own.p12");
        say(Credentials.KEY_FILE, "own.p12");
        assertThatThrownBy(this::key).hasMessageContaining("PKCS#12 needs a passphrase");
        say(Credentials.KEY_PASSPHRASE_FILE, "own.key");
        assertThat(key().certificates()).hasSize(1);
    }

    @Test
    void aKeyThatOthersMayRead() throws Exception {
        openssl("genpkey -algorithm ed25519 -out own.key");
        Files.setPosixFilePermissions(folder.resolve("own.key"), PosixFilePermissions.fromString("rw-r-----"));
        say(Credentials.KEY_FILE, "own.key");
        assertThatThrownBy(this::key).hasMessageContaining("chmod 600 " + folder.resolve("own.key"));
    }

    @Test
    void aKeyThatChanges() throws Exception {
        FileCredentials credentials = credentials();
        openssl("genpkey -algorithm ed25519 -out own.key");
        say(Credentials.KEY_FILE, "own.key");
        PadEntry peer = peer();
        Optional<OwnKey> first = credentials.ownKey(peer);
        assertThat(credentials.ownKey(peer)).as("read once").isEqualTo(first);
        openssl("genpkey -algorithm ed448 -out own.key");
        assertThat(credentials.ownKey(peer)).isNotEqualTo(first);
    }

    @Test
    void whatExpiresIsToldAMonthAhead() throws Exception {
        openssl("genpkey -algorithm ed25519 -out own.key");
        say(Credentials.KEY_FILE, "own.key");
        openssl("req -x509 -key own.key -subj /CN=gw.example.org -days 60 -out own.crt");
        say(Credentials.CERTIFICATE_FILE, "own.crt");
        assertThat(watch(0).look()).isEmpty();
        assertThat(watch(31).look()).singleElement().asString().contains("CN=gw.example.org");
        Files.delete(folder.resolve("own.crt"));
        assertThat(watch(0).look()).containsExactly("peer west");
    }

    private ExpiryWatch watch(int daysFromNow) {
        Pad pad = new OnePeer(peer());
        return new ExpiryWatch(pad, credentials(), Clock.offset(Clock.systemUTC(), Duration.ofDays(daysFromNow)));
    }

    private record OnePeer(PadEntry peer) implements Pad {
        @Override
        public Optional<PadEntry> named(ConnectionId connection) {
            return Optional.of(peer);
        }

        @Override
        public Optional<PadEntry> find(Identity remote, Optional<Identity> local) {
            return Optional.of(peer);
        }

        @Override
        public List<PadEntry> candidates(InetAddress remote) {
            return List.of(peer);
        }

        @Override
        public List<PadEntry> entries() {
            return List.of(peer);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no PEM at all", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"})
    void rubbish(String content) throws Exception {
        Path file = Files.writeString(folder.resolve("own.key"), content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        say(Credentials.KEY_FILE, "own.key");
        assertThatThrownBy(this::key)
                .isInstanceOf(AuthenticationException.class)
                .hasMessageContaining("own.key");
    }
}
