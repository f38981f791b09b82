package org.sallyport.lab.login;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.sallyport.lab.net.Place;
import org.sallyport.lab.process.Background;
import org.sallyport.lab.process.Command;
import org.sallyport.lab.process.CommandFailedException;
import org.sallyport.lab.process.Wait;

/**
 * systemd with a bus and systemd-logind, in namespaces where nothing else runs. What it publishes of its sessions can be
 * laid where programs look for it. Not thread safe.
 */
public final class LoginManager implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(30);

    /**
     * Of a whole system these units alone: without their default dependencies nothing is set up for them, and users get no
     * service manager of their own.
     */
    private static final String BOOT = """
            set -e
            mount --make-rprivate /
            mount -t tmpfs -o mode=755 tmpfs /run
            mkdir /run/systemd
            mount --bind "$0" /run/systemd
            units=/run/systemd/system
            mkdir -p $units
            for unit in dbus.socket dbus.service systemd-logind.service; do
                mkdir $units/$unit.d
                printf '[Unit]\\nDefaultDependencies=no\\n' >$units/$unit.d/alone.conf
            done
            for unit in user@.service user-runtime-dir@.service; do ln -s /dev/null $units/$unit; done
            printf '[Unit]\\nDefaultDependencies=no\\nRequires=dbus.service systemd-logind.service\\n' >$units/logins.target
            container=lxc exec /lib/systemd/systemd --system --unit=logins.target --log-target=console --show-status=0
            """;

    private static final String BESIDE = "mkdir -p /run/systemd && mount --bind \"$0\" /run/systemd && exec \"$@\"";

    private final Path published;
    private final Background namespaces;

    private LoginManager(Path published, Background namespaces) {
        this.published = published;
        this.namespaces = namespaces;
    }

    /**
     * Boots it.
     *
     * @param directory where it writes
     * @throws CommandFailedException when systemd does not run here
     */
    public static LoginManager start(Path directory) {
        Path published = directory.resolve("run-systemd");
        try {
            Files.createDirectory(published);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        List<String> boot = List.of(
                "unshare",
                "--pid",
                "--mount",
                "--uts",
                "--ipc",
                "--cgroup",
                "--net",
                "--fork",
                "--kill-child",
                "--mount-proc",
                "sh",
                "-c",
                BOOT,
                published.toString());
        LoginManager manager =
                new LoginManager(published, Background.start(directory.resolve("systemd.log"), Map.of(), boot));
        try {
            Wait.until("systemd-logind", START, manager::isUp);
            return manager;
        } catch (RuntimeException failure) {
            manager.close();
            throw failure;
        }
    }

    private boolean isUp() {
        if (!namespaces.isAlive()) {
            throw new CommandFailedException("systemd ended: " + namespaces.output());
        }
        return Files.isDirectory(published.resolve("sessions"))
                && inside("systemctl", "is-active", "--quiet", "systemd-logind.service")
                        .run()
                        .succeeded();
    }

    /** Where programs see the logins of this manager as those of their host. */
    public Place beside(Place place) {
        return arguments -> {
            List<String> line =
                    new ArrayList<>(List.of("unshare", "--mount", "sh", "-c", BESIDE, published.toString()));
            line.addAll(arguments);
            return place.inside(line);
        };
    }

    /** A user logs in: PAM opens a session in which something runs. */
    public void login(String user) {
        inside(
                        "systemd-run",
                        "--unit=" + session(user),
                        "--property=DefaultDependencies=no",
                        "--property=PAMName=login",
                        "--property=User=" + user,
                        "--setenv=XDG_SESSION_CLASS=user",
                        "sleep",
                        "infinity")
                .check();
    }

    /** Ends the user's session, if there is one. */
    public void logout(String user) {
        inside("systemctl", "stop", session(user) + ".service").run();
    }

    private static String session(String user) {
        return "session-of-" + user;
    }

    private Command inside(String... arguments) {
        long init = ProcessHandle.of(namespaces.pid()).stream()
                .flatMap(ProcessHandle::children)
                .mapToLong(ProcessHandle::pid)
                .findFirst()
                .orElseThrow(() -> new CommandFailedException("systemd has ended: " + namespaces.output()));
        List<String> line = new ArrayList<>(List.of("nsenter", "--target", Long.toString(init), "--all"));
        line.addAll(List.of(arguments));
        return Command.of(line);
    }

    /** Ends everything in its namespaces. */
    @Override
    public void close() {
        namespaces.kill();
    }
}
