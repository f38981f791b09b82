package org.sallyport.spd.internal.secret;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.sallyport.api.secret.SecretBytes;

/**
 * Secrets that were read, each until its file changes: a gateway opens one several times for each peer that comes. What is
 * no longer kept is wiped. Thread safe.
 */
final class KeptSecrets implements AutoCloseable {
    private static final int MOST = 256;
    private static final String ATTRIBUTES = "unix:ino,size,ctime,mode,uid";
    /** The kernel's clock for files is coarse: two changes within this time may look like one. */
    private static final Duration SETTLED = Duration.ofSeconds(2);

    /** What changes with a file's content, owner or permissions. */
    record Stamp(long number, long size, FileTime changed, int mode, int owner) {
        /** Returns the present one of a file. */
        static Stamp of(Path file) throws IOException {
            Map<String, Object> now = Files.readAttributes(file, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
            return new Stamp(
                    (Long) Objects.requireNonNull(now.get("ino")),
                    (Long) Objects.requireNonNull(now.get("size")),
                    (FileTime) Objects.requireNonNull(now.get("ctime")),
                    (Integer) Objects.requireNonNull(now.get("mode")),
                    (Integer) Objects.requireNonNull(now.get("uid")));
        }

        private boolean settled() {
            return changed.toInstant().isBefore(Instant.now().minus(SETTLED));
        }
    }

    private record Kept(Stamp stamp, SecretBytes secret) {}

    private final LinkedHashMap<Path, Kept> all = new LinkedHashMap<>(16, 0.75f, true);

    /** Returns a copy of what was read of a file that is as it was then; the caller closes it. */
    synchronized Optional<SecretBytes> find(Path file, Stamp stamp) {
        Kept kept = all.get(file);
        return kept == null || !kept.stamp().equals(stamp)
                ? Optional.empty()
                : Optional.of(kept.secret().copy());
    }

    /** Keeps a copy of what was read, if the file was like that before and after, and not just now. */
    synchronized void keep(Path file, Stamp before, Stamp after, SecretBytes secret) {
        forget(file);
        if (!before.equals(after) || !before.settled()) {
            return;
        }
        if (all.size() >= MOST) {
            forget(all.firstEntry().getKey());
        }
        all.put(file, new Kept(before, secret.copy()));
    }

    private void forget(Path file) {
        Kept kept = all.remove(file);
        if (kept != null) {
            kept.secret().close();
        }
    }

    @Override
    public synchronized void close() {
        all.values().forEach(kept -> kept.secret().close());
        all.clear();
    }
}
