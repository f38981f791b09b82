package org.sallyport.linux.seccomp;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How listeners are kept while the daemon is away. Immutable.
 *
 * @param program the keeper; it is started when none listens yet
 * @param socket where it listens
 * @param patience how long it keeps them without a daemon
 * @param maximum how many it keeps at most
 */
public record Keeping(Path program, Path socket, Duration patience, int maximum) {}
