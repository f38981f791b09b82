package org.sallyport.karaf.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.login.LoginException;
import org.apache.karaf.jaas.boot.principal.RolePrincipal;
import org.apache.karaf.jaas.boot.principal.UserPrincipal;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SetupTest {
    private final Path home;
    private final Instance instance;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    SetupTest(@TempDir Path directory) {
        home = directory.resolve("home");
        instance = new Instance(directory.resolve("instance"));
    }

    @BeforeEach
    void makeDistribution() throws IOException {
        Path etc = home.resolve("etc");
        Files.createDirectories(etc.resolve("keys"));
        for (String name : List.of("config.properties", "keys/ssh-admin", "org.sallyport.policy-mine.cfg")) {
            Files.writeString(etc.resolve(name), "of the distribution's own instance\n");
        }
        Files.writeString(
                etc.resolve("org.apache.felix.http.cfg"),
                "# console\norg.apache.felix.http.host = x\norg.osgi.service.http.port.secure = 8443\n");
        Files.writeString(etc.resolve("org.apache.karaf.shell.cfg"), "sshHost = x\nsshPort = 8101\n");
    }

    @Test
    void createsAnInstanceThatNobodyElseCanReadAndThatSignsItsUsersIn() throws Exception {
        String base = instance.base().toString();
        assertThat(run("create", "--home", home.toString(), "--base", base, "--ssh-port", "9101", "--viewer"))
                .isZero();

        assertThat(instance.etc().resolve("org.apache.karaf.shell.cfg")).hasContent("sshHost = x\nsshPort = 9101\n");
        assertThat(instance.etc().resolve("org.sallyport.policy-mine.cfg")).doesNotExist();
        assertThat(instance.adminKey()).content().startsWith("-----BEGIN PRIVATE KEY-----");
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains(instance.consolePasswords().toString());
        try (Stream<Path> secrets = Files.list(instance.keys())) {
            assertThat(secrets.toList()).isNotEmpty().allSatisfy(file -> assertThat(rights(file))
                    .isEqualTo("rw-------"));
        }
        assertThat(rights(instance.keys())).isEqualTo("rwx------");

        Map<String, String> passwords = passwords();
        assertThat(passwords).containsOnlyKeys("admin", "viewer");
        passwords.values().forEach(password -> assertThat(out.toString(StandardCharsets.UTF_8))
                .doesNotContain(password));
        assertThat(signIn("admin", passwords.getOrDefault("admin", "")))
                .isEqualTo(List.of(new UserPrincipal("admin"), new RolePrincipal("admin")));
        assertThat(signIn("viewer", passwords.getOrDefault("viewer", "")))
                .isEqualTo(List.of(new UserPrincipal("viewer"), new RolePrincipal("viewer")));
        assertThat(signIn("admin", passwords.getOrDefault("viewer", ""))).isEmpty();
        assertThat(signIn("nobody", passwords.getOrDefault("admin", ""))).isEmpty();
        assertThat(signIn("admin", "")).isEmpty();
    }

    @Test
    void aSecondStartChangesNothing() throws IOException {
        assertThat(run("prepare", "--base", instance.base().toString())).isZero();
        String key = Files.readString(instance.adminKey());
        String users = Files.readString(instance.consoleUsers());
        out.reset();
        assertThat(run("prepare", "--base", instance.base().toString())).isZero();
        assertThat(instance.adminKey()).hasContent(key);
        assertThat(instance.consoleUsers()).hasContent(users);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void aFirstStartThatWasCutOffIsDoneAgain() throws IOException {
        assertThat(run("prepare", "--base", instance.base().toString())).isZero();
        Files.delete(instance.ready());
        assertThat(run("prepare", "--base", instance.base().toString())).isZero();
        assertThat(instance.ready()).exists();
    }

    @Test
    void theCertificateIsForThisMachineAndItsFingerprintIsTold() throws Exception {
        assertThat(run("prepare", "--base", instance.base().toString())).isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(instance.certificateStore())) {
            store.load(in, Files.readString(instance.certificateStorePassword()).toCharArray());
        }
        X509Certificate certificate = (X509Certificate) store.getCertificate("console");
        certificate.checkValidity();
        assertThat(certificate.getSubjectAlternativeNames()).contains(List.of(2, "localhost"), List.of(7, "127.0.0.1"));
        assertThat(Files.readString(instance.ready())).containsPattern("= ([0-9A-F]{2}:){31}[0-9A-F]{2}\n");
    }

    @Test
    void givesAUserANewPassword() throws IOException {
        String base = instance.base().toString();
        assertThat(run("prepare", "--base", base)).isZero();
        String before = passwords().getOrDefault("admin", "");
        out.reset();
        assertThat(run("password", "--base", base, "--user", "admin")).isZero();
        assertThat(signIn("admin", out.toString(StandardCharsets.UTF_8).strip()))
                .hasSize(2);
        assertThat(signIn("admin", before)).isEmpty();
    }

    @Test
    void saysWhatIsWrongWithTheArguments() {
        String base = instance.base().toString();
        assertMistake(
                "--ssh-port: 70000 is not a TCP port",
                "create",
                "--home",
                home.toString(),
                "--base",
                base,
                "--ssh-port",
                "70000");
        assertMistake("--base DIRECTORY is missing", "prepare");
        assertMistake("--home: ", "create", "--home", base, "--base", base);
        assertMistake("--shout: not an option", "prepare", "--shout");
        assertMistake("--role: king is not a role", "password", "--base", base, "--user", "a", "--role", "king");
        assertMistake("is not a name", "password", "--base", base, "--user", "a b");
        assertMistake(
                "--address: a\nb is neither", "create", "--home", home.toString(), "--base", base, "--address", "a\nb");
        assertThat(instance.base()).doesNotExist();
    }

    @Test
    void doesNotTouchADirectoryThatIsAnInstance() throws IOException {
        Files.createDirectories(instance.etc());
        assertMistake(
                "has an etc directory already",
                "create",
                "--home",
                home.toString(),
                "--base",
                instance.base().toString());
    }

    @Test
    void anSshKeyHasTheFormOfRfc5656() throws Exception {
        for (int i = 0; i < 300; i++) { // enough for coordinates that are shorter than the field
            SshKeyPair pair = SshKeyPair.generate(new SecureRandom());
            byte[] blob = java.util.Base64.getDecoder().decode(pair.publicBlob());
            assertThat(blob).hasSize(4 + 19 + 4 + 8 + 4 + 65);
            BigInteger x = new BigInteger(1, blob, blob.length - 64, 32);
            var key = (java.security.interfaces.ECPublicKey) pair.keys().getPublic();
            assertThat(x).isEqualTo(key.getW().getAffineX());
            assertThat(new BigInteger(1, blob, blob.length - 32, 32))
                    .isEqualTo(key.getW().getAffineY());
        }
    }

    private void assertMistake(String message, String... arguments) {
        err.reset();
        assertThat(run(arguments)).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains(message);
    }

    private int run(String... arguments) {
        return Setup.run(
                List.of(arguments),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private Map<String, String> passwords() throws IOException {
        return Files.readAllLines(instance.consolePasswords()).stream()
                .map(line -> line.split(" ", 2))
                .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1]));
    }

    private List<?> signIn(String name, String password) {
        Subject subject = new Subject();
        ConsoleLoginModule module = new ConsoleLoginModule();
        module.initialize(
                subject,
                questions -> answer(questions, name, password),
                Map.of(),
                Map.of(ConsoleRealm.ETC, instance.etc().toString()));
        try {
            module.login();
        } catch (LoginException e) {
            assertThat(e).hasMessage("wrong name or password");
            return List.of();
        }
        module.commit();
        return subject.getPrincipals().stream()
                .sorted(java.util.Comparator.comparing(principal -> principal instanceof RolePrincipal))
                .toList();
    }

    private static void answer(Callback[] questions, String name, String password) {
        for (Callback question : questions) {
            switch (question) {
                case NameCallback callback -> callback.setName(name);
                case PasswordCallback callback -> callback.setPassword(password.toCharArray());
                default -> throw new IllegalArgumentException(question.toString());
            }
        }
    }

    private static String rights(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
