package org.sallyport.spd.internal.change;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.sallyport.spd.internal.config.ConfigurationFolder;

/** Tells whether somebody wrote or touched our files in a folder: a digest of their names, times and contents. */
public final class FolderStamp {
    private FolderStamp() {}

    /** Returns the stamp of what stands in the folder now. */
    public static String of(Path folder) {
        MessageDigest digest = sha256();
        for (String name : ConfigurationFolder.list(folder)) {
            digest.update(name.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            digest.update(stateOf(folder.resolve(name)));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** A file that cannot be read, or went meanwhile, differs from one that can. */
    private static byte[] stateOf(Path file) {
        MessageDigest digest = sha256();
        try {
            digest.update(Files.getLastModifiedTime(file).toString().getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            digest.update(Files.readAllBytes(file));
            return digest.digest();
        } catch (IOException e) {
            return new byte[0];
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
