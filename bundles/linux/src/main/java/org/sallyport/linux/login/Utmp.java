package org.sallyport.linux.login;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The host's book of who is logged in, where there is one (utmp(5)). Thread safe. */
public final class Utmp {
    /** Where it is unless told otherwise. */
    public static final Path FILE = Path.of("/run/utmp");

    /** struct utmp of the C library: the same 384 octets on x86_64 and aarch64. */
    private static final int RECORD_BYTES = 384;

    private static final int PROCESS = 4;
    private static final int USER = 44;
    private static final int USER_BYTES = 32;
    private static final short USER_PROCESS = 7;

    /** More than any host has sessions: whoever may write the file may not have us read for ever. */
    private static final int MOST_BYTES = 65_536 * RECORD_BYTES;

    private final Path file;

    private Utmp(Path file) {
        this.file = file;
    }

    /** Returns the book that lies there; empty when there is none. */
    public static Optional<Utmp> at(Path file) {
        return Files.isReadable(file) ? Optional.of(new Utmp(file)) : Optional.empty();
    }

    /**
     * Returns the names of the users who are logged in. An entry whose process has ended was left by a crash.
     *
     * @throws IOException when it cannot be read
     */
    public Set<String> users() throws IOException {
        if (Files.size(file) > MOST_BYTES) {
            throw new IOException(file + " is larger than " + MOST_BYTES + " octets");
        }
        ByteBuffer records = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
        Set<String> users = new HashSet<>();
        for (int at = 0; at + RECORD_BYTES <= records.limit(); at += RECORD_BYTES) {
            if (records.getShort(at) == USER_PROCESS && lives(records.getInt(at + PROCESS))) {
                users.add(text(records, at + USER));
            }
        }
        users.remove("");
        return users;
    }

    private static boolean lives(int pid) {
        return ProcessHandle.of(pid).isPresent();
    }

    private static String text(ByteBuffer records, int at) {
        int length = 0;
        while (length < USER_BYTES && records.get(at + length) != 0) {
            length++;
        }
        byte[] text = new byte[length];
        records.get(at, text);
        return new String(text, StandardCharsets.UTF_8);
    }
}
