package org.sallyport.lab.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.process.Background;
import org.sallyport.lab.process.Command;
import org.sallyport.lab.process.CommandFailedException;
import org.sallyport.lab.process.Wait;

/**
 * Debian's strongSwan with its user-space data plane, in a mount namespace of its own, so that its {@code /run} is
 * private. Its connection is named {@value #CONNECTION}, its Child SA {@value #CHILD}.
 */
public final class StrongSwan implements AutoCloseable {
    public static final String CONNECTION = "lab";
    public static final String CHILD = "lab-net";

    private static final Duration START = Duration.ofSeconds(20);
    private static final Pattern CHILD_SPIS =
            Pattern.compile("state=(\\w+) [^{}]*?spi-in=([0-9a-f]+) spi-out=([0-9a-f]+)");
    private static final Pattern IKE_SPIS = Pattern.compile("initiator-spi=[0-9a-f]+ responder-spi=[0-9a-f]+");
    private static final String PLUGINS =
            "random nonce openssl aes sha1 sha2 hmac kdf gmp curve25519 ctr ccm chapoly cmac xcbc"
                    + " pem pkcs1 pkcs8 x509 pubkey kernel-libipsec kernel-netlink socket-default vici";

    private final Namespace namespace;
    private final Path directory;
    private final Background charon;

    private StrongSwan(Namespace namespace, Path directory, Background charon) {
        this.namespace = namespace;
        this.directory = directory;
        this.charon = charon;
    }

    /** One Child SA as strongSwan reports it; SPIs are those of its own inbound and outbound direction. */
    public record ChildSa(String state, int spiIn, int spiOut) {}

    /** Starts charon and loads the connection; neither side is initiated. */
    public static StrongSwan start(Namespace namespace, Path directory, StrongSwanSettings settings) {
        write(directory.resolve("strongswan.conf"), daemonConfiguration(directory, settings));
        write(directory.resolve("swanctl.conf"), settings.swanctl());
        Background charon = namespace.start(
                directory.resolve("charon.out"),
                Map.of("STRONGSWAN_CONF", directory.resolve("strongswan.conf").toString()),
                "unshare",
                "--mount",
                "--propagation",
                "private",
                "sh",
                "-c",
                "mount -t tmpfs tmpfs /run && exec charon-systemd");
        StrongSwan peer = new StrongSwan(namespace, directory, charon);
        try {
            Wait.until("strongSwan's control socket", START, () -> {
                if (!charon.isAlive()) {
                    throw new CommandFailedException("strongSwan ended: " + charon.output());
                }
                return Files.exists(peer.socket());
            });
            peer.load();
        } catch (RuntimeException failure) {
            peer.close();
            throw failure;
        }
        return peer;
    }

    /** Replaces the connection's settings; SAs that exist stay as they are. */
    public void reconfigure(StrongSwanSettings settings) {
        write(directory.resolve("swanctl.conf"), settings.swanctl());
        load();
    }

    /** Gives it a private key (PEM), in place of the one before; it is loaded with the next settings. */
    public void giveKey(String pem) {
        try {
            Files.createDirectories(directory.resolve("private"));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        write(directory.resolve("private/key.pem"), pem);
    }

    private void load() {
        swanctl(
                        "--load-all",
                        "--clear",
                        "--noprompt",
                        "--file",
                        directory.resolve("swanctl.conf").toString())
                .check();
    }

    /** Has strongSwan negotiate the Child SA and waits for it. */
    public void initiate() {
        swanctl("--initiate", "--child", CHILD, "--timeout", "20").check();
    }

    /** Has strongSwan delete the IKE SA and with it all its Child SAs. */
    public void deleteIke() {
        swanctl("--terminate", "--ike", CONNECTION, "--timeout", "10").check();
    }

    /** Has strongSwan delete its Child SAs. */
    public void deleteChild() {
        swanctl("--terminate", "--child", CHILD, "--timeout", "10").check();
    }

    /** Forgets the SAs without telling the peer. */
    public void forget() {
        swanctl("--terminate", "--ike", CONNECTION, "--force", "--timeout", "1").run();
    }

    public void rekeyIke() {
        swanctl("--rekey", "--ike", CONNECTION).check();
    }

    /** Has both sides prove themselves anew, in a new IKE SA. */
    public void reauthenticate() {
        swanctl("--rekey", "--ike", CONNECTION, "--reauth").check();
    }

    public void rekeyChild() {
        swanctl("--rekey", "--child", CHILD).check();
    }

    /** Which process charon is. */
    public long pid() {
        return charon.pid();
    }

    /** What {@code swanctl --list-sas --raw} prints. */
    public String sas() {
        return swanctl("--list-sas", "--raw").check();
    }

    /** All Child SAs, in whatever state. */
    public List<ChildSa> children() {
        return CHILD_SPIS.matcher(sas()).results().map(StrongSwan::child).toList();
    }

    private static ChildSa child(MatchResult found) {
        return new ChildSa(
                found.group(1),
                Integer.parseUnsignedInt(found.group(2), 16),
                Integer.parseUnsignedInt(found.group(3), 16));
    }

    /** The Child SAs that carry traffic. */
    public List<ChildSa> installedChildren() {
        return children().stream()
                .filter(child -> child.state().equals("INSTALLED"))
                .toList();
    }

    /** How many IKE SAs stand. */
    public long ikeSas() {
        return sas().lines()
                .filter(line -> line.contains(CONNECTION + " {"))
                .filter(line -> line.contains("state=ESTABLISHED"))
                .count();
    }

    /** The SPIs of the IKE SAs that stand, as text to compare. */
    public String ikeSpis() {
        return IKE_SPIS.matcher(sas())
                .results()
                .map(MatchResult::group)
                .sorted()
                .toList()
                .toString();
    }

    /** Every key that it derived, by its name, when {@link StrongSwanSettings#withKeyLog} was asked for. */
    public Map<String, byte[]> keys() {
        try {
            return KeyLog.read(Files.readAllLines(directory.resolve(StrongSwanSettings.KEY_LOG)));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Its log, as verbose as its own tests use it. */
    public String log() {
        try {
            Path log = directory.resolve("charon.log");
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The peer dies without a word. */
    public void kill() {
        namespace.processes().stream()
                .flatMap(pid -> ProcessHandle.of(pid).stream())
                .filter(process -> process.pid() == charon.pid())
                .forEach(ProcessHandle::destroyForcibly);
        charon.kill();
    }

    @Override
    public void close() {
        charon.close();
    }

    private Path socket() {
        return directory.resolve("vici");
    }

    private Command swanctl(String... arguments) {
        String[] line = new String[arguments.length + 3];
        line[0] = "swanctl";
        System.arraycopy(arguments, 0, line, 1, arguments.length);
        line[line.length - 2] = "--uri";
        line[line.length - 1] = "unix://" + socket();
        return namespace
                .command(line)
                .with("STRONGSWAN_CONF", directory.resolve("strongswan.conf").toString())
                .with("SWANCTL_DIR", directory.toString())
                .within(Duration.ofSeconds(30));
    }

    private static String daemonConfiguration(Path directory, StrongSwanSettings settings) {
        return """
                charon-systemd {
                  load = %s
                  install_virtual_ip = no
                  retransmit_timeout = 1.0
                  retransmit_tries = 3
                  make_before_break = yes
                  plugins {
                    vici {
                      socket = unix://%s/vici
                    }
                  }
                  filelog {
                    charon {
                      path = %s/charon.log
                      time_format = %%s
                      time_add_ms = yes
                      flush_line = yes
                      default = 1
                      ike = 2
                      cfg = 2
                      enc = 1
                    }
                  }
                  journal {
                    default = -1
                  }
                  syslog {
                    daemon {
                      default = -1
                    }
                  }
                  %s
                }
                swanctl {
                  load = random openssl gmp pem pkcs1 pkcs8 x509 pubkey
                }
                """.formatted(PLUGINS, directory, directory, settings.daemonExtra())
                .replace(StrongSwanSettings.DIRECTORY, directory.toString());
    }

    private static void write(Path file, String content) {
        try {
            Files.writeString(file, content);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
