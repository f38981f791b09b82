package org.sallyport.interceptor.internal.login;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.sallyport.linux.LinuxException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a source whenever something changes in its folder, and now and then: a process that ends changes nothing there. */
final class LoginWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LoginWatch.class);
    private static final long LOOK_SECONDS = 2;

    private final LoginSource source;
    private final Logins logins;
    private final WatchService folders;
    private final Thread thread;
    private boolean failing;

    private LoginWatch(LoginSource source, Logins logins, WatchService folders) {
        this.source = source;
        this.logins = logins;
        this.folders = folders;
        this.thread = Thread.ofPlatform().daemon().name("login-watch").unstarted(this::watch);
    }

    /**
     * Begins to watch; what stands now is said before it returns.
     *
     * @throws IOException when the folder cannot be watched
     */
    static LoginWatch begin(LoginSource source, Logins logins) throws IOException {
        WatchService folders = FileSystems.getDefault().newWatchService();
        LoginWatch watch = new LoginWatch(source, logins, folders);
        try {
            source.folder().register(folders, ENTRY_CREATE, ENTRY_DELETE, ENTRY_MODIFY);
        } catch (IOException e) {
            folders.close();
            throw e;
        }
        watch.look();
        watch.thread.start();
        return watch;
    }

    private void watch() {
        try {
            while (true) {
                Optional<WatchKey> changed = Optional.ofNullable(folders.poll(LOOK_SECONDS, TimeUnit.SECONDS));
                changed.ifPresent(key -> {
                    key.pollEvents();
                    key.reset();
                });
                look();
            }
        } catch (ClosedWatchServiceException | InterruptedException end) {
            LOG.trace("logins are no longer followed", end);
        }
    }

    /** What cannot be read is as it was: who is logged out meanwhile would keep what is theirs, who is in would lose it. */
    private void look() {
        try {
            var unused = logins.say(source.name(), source.users().read());
            failing = false;
        } catch (IOException | LinuxException e) {
            if (!failing) {
                LOG.error("who is logged in is no longer known ({}); policies stay as they are", source.name(), e);
            }
            failing = true;
        }
    }

    @Override
    public void close() throws IOException {
        folders.close();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(LOOK_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
