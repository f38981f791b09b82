package org.sallyport.spd.internal.secret;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.sallyport.api.negotiation.SecretRef;
import org.sallyport.api.negotiation.SecretSource;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.secret.SecretBytes;

/** Opens secrets in files that nobody but their owner may read; the owner is root or who runs this. Thread safe. */
@Component(immediate = true, service = SecretSource.class)
public final class FileSecretSource implements SecretSource {
    private static final int LARGEST = 4096;
    private static final Set<PosixFilePermission> OF_OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.GROUP_EXECUTE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_EXECUTE);
    private static final String ROOT = "root";

    private final KeptSecrets kept = new KeptSecrets();
    private final String user;

    public FileSecretSource() {
        this(System.getProperty("user.name", ""));
    }

    FileSecretSource(String user) {
        this.user = user;
    }

    /** Wipes what it keeps. */
    @Deactivate
    void close() {
        kept.close();
    }

    @Override
    public SecretBytes open(SecretRef secret) throws SecretUnusableException {
        Path file = Path.of(secret.file());
        try {
            KeptSecrets.Stamp before = KeptSecrets.Stamp.of(file);
            Optional<SecretBytes> known = kept.find(file, before);
            if (known.isPresent()) {
                return known.get();
            }
            SecretBytes opened = openAnew(secret, file);
            kept.keep(file, before, KeptSecrets.Stamp.of(file), opened);
            return opened;
        } catch (NoSuchFileException e) {
            throw unusable(secret, "there is no such file");
        } catch (IOException e) {
            throw unreadable(secret, e);
        }
    }

    private SecretBytes openAnew(SecretRef secret, Path file) throws SecretUnusableException, IOException {
        byte[] content = read(secret, file);
        try {
            return decode(secret, content);
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    private byte[] read(SecretRef secret, Path file) throws SecretUnusableException, IOException {
        checkAccess(secret, Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
        byte[] buffer = new byte[LARGEST + 1];
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            int length = in.readNBytes(buffer, 0, buffer.length);
            if (length > LARGEST) {
                throw unusable(secret, "it is larger than " + LARGEST + " octets");
            }
            return Arrays.copyOf(buffer, withoutLineEnd(buffer, length));
        } finally {
            Arrays.fill(buffer, (byte) 0);
        }
    }

    private void checkAccess(SecretRef secret, PosixFileAttributes attributes) throws SecretUnusableException {
        if (!attributes.isRegularFile()) {
            throw unusable(secret, "it is not a regular file");
        }
        Set<PosixFilePermission> tooMany = EnumSet.copyOf(OF_OTHERS);
        tooMany.retainAll(attributes.permissions());
        if (!tooMany.isEmpty()) {
            throw unusable(
                    secret,
                    "others than its owner have access (" + PosixFilePermissions.toString(attributes.permissions())
                            + "); do: chmod 600 " + secret.file());
        }
        String owner = attributes.owner().getName();
        if (!owner.equals(ROOT) && !owner.equals(user)) {
            throw unusable(
                    secret,
                    "it belongs to " + owner + "; do: chown " + (user.isEmpty() ? ROOT : user) + " " + secret.file());
        }
    }

    private static int withoutLineEnd(byte[] content, int length) {
        int end = length;
        if (end > 0 && content[end - 1] == '\n') {
            end--;
            if (end > 0 && content[end - 1] == '\r') {
                end--;
            }
        }
        return end;
    }

    private static SecretBytes decode(SecretRef secret, byte[] content) throws SecretUnusableException {
        if (content.length == 0) {
            throw unusable(secret, "it is empty");
        }
        if (startsWith(content, 'x') || startsWith(content, 's')) {
            byte[] rest = Arrays.copyOfRange(content, 2, content.length);
            try {
                return SecretBytes.owning(startsWith(content, 'x') ? hexadecimal(rest) : base64(rest));
            } catch (IllegalArgumentException e) {
                throw unusable(
                        secret, "it starts with 0x or 0s, but is not hexadecimal or base64 of at least one octet");
            } finally {
                Arrays.fill(rest, (byte) 0);
            }
        }
        return SecretBytes.copyOf(content);
    }

    private static boolean startsWith(byte[] content, char letter) {
        return content.length >= 2 && content[0] == '0' && content[1] == letter;
    }

    /** Decodes octet by octet: a String of the secret could not be wiped. */
    private static byte[] hexadecimal(byte[] digits) {
        if (digits.length == 0 || digits.length % 2 != 0) {
            throw new IllegalArgumentException("an odd number of digits");
        }
        byte[] result = new byte[digits.length / 2];
        for (int i = 0; i < result.length; i++) {
            result[i] = (byte) (HexFormat.fromHexDigit(digits[2 * i]) << 4 | HexFormat.fromHexDigit(digits[2 * i + 1]));
        }
        return result;
    }

    private static byte[] base64(byte[] letters) {
        if (letters.length == 0) {
            throw new IllegalArgumentException("no letters");
        }
        return Base64.getDecoder().decode(letters);
    }

    private static SecretUnusableException unreadable(SecretRef secret, IOException why) {
        return unusable(secret, "it cannot be read (" + why.getClass().getSimpleName() + ")");
    }

    private static SecretUnusableException unusable(SecretRef secret, String why) {
        return new SecretUnusableException(Reason.of(ReasonCode.SECRET_UNUSABLE, secret.file(), why));
    }
}
