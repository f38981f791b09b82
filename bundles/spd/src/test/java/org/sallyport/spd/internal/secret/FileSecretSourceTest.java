package org.sallyport.spd.internal.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.assertj.core.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sallyport.api.negotiation.SecretRef;
import org.sallyport.api.negotiation.SecretSource.SecretUnusableException;
import org.sallyport.api.secret.SecretBytes;

class FileSecretSourceTest {
    private final FileSecretSource source = new FileSecretSource();

    private static SecretRef write(Path folder, String content, String permissions) throws IOException {
        Path file = folder.resolve("west.psk");
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        return new SecretRef(file.toString());
    }

    private byte[] open(SecretRef reference) throws SecretUnusableException {
        try (SecretBytes secret = source.open(reference)) {
            return secret.use(byte[]::clone);
        }
    }

    private void refused(SecretRef reference, String why) {
        assertThatThrownBy(() -> source.open(reference))
                .isInstanceOf(SecretUnusableException.class)
                .hasMessageContaining(reference.file())
                .hasMessageContaining(why);
    }

    @Test
    void aSecretIsReadWithoutItsLineEnd(@TempDir Path folder) throws Exception {
        assertThat(open(write(folder, "sesame", "rw-------"))).isEqualTo("sesame".getBytes(StandardCharsets.UTF_8));
        assertThat(open(write(folder, "sesame\n", "r--------"))).isEqualTo("sesame".getBytes(StandardCharsets.UTF_8));
        assertThat(open(write(folder, "sesame\r\n", "r--------"))).isEqualTo("sesame".getBytes(StandardCharsets.UTF_8));
        assertThat(open(write(folder, " two \n\n", "rw-------"))).isEqualTo(" two \n".getBytes(StandardCharsets.UTF_8));
        assertThat(open(write(folder, "0", "rw-------"))).isEqualTo(new byte[] {'0'});
    }

    @Test
    void aSecretThatIsKeptIsReadAgainWhenItsFileChanges(@TempDir Path folder) throws Exception {
        SecretRef reference = write(folder, "sesame", "rw-------");
        Thread.sleep(2_100); // what has just changed is not kept
        open(reference);
        assertThat(open(reference)).isEqualTo("sesame".getBytes(StandardCharsets.UTF_8));
        write(folder, "simsim", "rw-------");
        assertThat(open(reference)).isEqualTo("simsim".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aSecretThatIsKeptIsRefusedOnceOthersMayReadItsFile(@TempDir Path folder) throws Exception {
        SecretRef reference = write(folder, "sesame", "rw-------");
        Thread.sleep(2_100);
        open(reference);
        write(folder, "sesame", "rw-r-----");
        refused(reference, "others than its owner have access");
        Files.delete(Path.of(reference.file()));
        refused(reference, "there is no such file");
    }

    @Test
    void hexadecimalAndBase64AreDecoded(@TempDir Path folder) throws Exception {
        assertThat(open(write(folder, "0x00fF7f\n", "rw-------"))).isEqualTo(new byte[] {0, -1, 127});
        assertThat(open(write(folder, "0sAP9/\n", "rw-------"))).isEqualTo(new byte[] {0, -1, 127});
    }

    @ParameterizedTest
    @ValueSource(strings = {"0x", "0x0", "0xzz", "0s", "0s!"})
    void whatCannotBeDecodedIsRefused(String content, @TempDir Path folder) throws IOException {
        refused(write(folder, content, "rw-------"), "not hexadecimal or base64");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw-----w-", "rw---x---", "rwxrwxrwx"})
    void whatOthersMayAccessIsRefused(String permissions, @TempDir Path folder) throws IOException {
        SecretRef reference = write(folder, "sesame", permissions);
        refused(
                reference,
                "others than its owner have access (" + permissions + "); do: chmod 600 " + reference.file());
    }

    @Test
    void whatBelongsToSomebodyElseIsRefused(@TempDir Path folder) throws IOException {
        SecretRef reference = write(folder, "sesame", "rw-------");
        String owner = Files.getOwner(Path.of(reference.file())).getName();
        Assumptions.assumeThat(owner).as("only root can give files away").isEqualTo("root");
        Files.setOwner(
                Path.of(reference.file()),
                folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
        refused(reference, "it belongs to nobody; do: chown");
    }

    @Test
    void whatIsNoProperFileIsRefused(@TempDir Path folder) throws IOException {
        refused(new SecretRef(folder.resolve("absent").toString()), "there is no such file");
        refused(new SecretRef(folder.toString()), "it is not a regular file");
        refused(write(folder, "", "rw-------"), "it is empty");
        refused(write(folder, "\n", "rw-------"), "it is empty");
        refused(write(folder, "x".repeat(4097), "rw-------"), "it is larger than 4096 octets");
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("west.psk"));
        refused(new SecretRef(link.toString()), "it is not a regular file");
    }
}
