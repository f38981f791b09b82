package org.sallyport.lab.peer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.sallyport.lab.process.Command;
import org.sallyport.lab.topology.RunDirectory;

/**
 * What an emulated machine boots: a kernel of Debian's, and an initramfs with strongSwan. It is built once and kept for
 * as long as what builds it and the packages of this machine that go into it are the same.
 *
 * @param directory where the two files are
 */
record MachineImage(Path directory) {
    private static final String BUILD = "build-image";
    private static final List<String> FILES = List.of(BUILD, "init", "strongswan.conf");
    private static final Duration BUILDING = Duration.ofMinutes(5);
    private static final List<String> PACKAGES =
            List.of("charon-systemd", "strongswan-swanctl", "libcharon-extra-plugins", "iproute2", "libc6", "libssl3");

    /** The image below this directory, built if it is not there. */
    static MachineImage below(Path cache) {
        MachineImage image = new MachineImage(cache.resolve(version()));
        try {
            Files.createDirectories(cache);
            try (FileChannel file = FileChannel.open(
                            cache.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var lock = file.lock()) {
                Objects.requireNonNull(lock);
                if (!Files.exists(image.directory)) {
                    build(cache.resolve("building"), image.directory);
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return image;
    }

    Path kernel() {
        return directory.resolve("kernel");
    }

    Path initramfs() {
        return directory.resolve("initramfs");
    }

    private static void build(Path work, Path finished) throws IOException {
        RunDirectory.delete(work);
        Files.createDirectories(work);
        for (String file : FILES) {
            Files.write(work.resolve(file), resource(file));
        }
        Command.of("bash", work.resolve(BUILD).toString(), work.toString())
                .within(BUILDING)
                .check();
        Files.move(work, finished, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String version() {
        MessageDigest digest = sha256();
        FILES.forEach(file -> digest.update(resource(file)));
        List<String> query = new ArrayList<>(List.of("dpkg-query", "-W", "-f", "${Package} ${Version}\n"));
        query.addAll(PACKAGES);
        digest.update(Command.of(query).check().getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest.digest(), 0, 8);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static byte[] resource(String name) {
        try (InputStream stream = MachineImage.class.getResourceAsStream("machine/" + name)) {
            return Objects.requireNonNull(stream, name).readAllBytes();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
