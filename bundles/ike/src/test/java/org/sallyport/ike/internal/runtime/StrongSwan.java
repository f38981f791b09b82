package org.sallyport.ike.internal.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sallyport.lab.topology.RunDirectory;

/** Debian's strongSwan in a network namespace, with a mount namespace and a control socket of its own. */
final class StrongSwan implements AutoCloseable {
    private static final String PLUGINS =
            "random nonce openssl aes sha1 sha2 hmac kdf gmp curve25519 ctr ccm gcm chapoly cmac xcbc pem pkcs1 pkcs8 x509 "
                    + "pubkey revocation constraints gcrypt eap-identity eap-mschapv2 "
                    + "kernel-libipsec kernel-netlink socket-default vici";

    private static final Pattern DUMP = Pattern.compile("\\[CHD\\]\\s+\\d+: ((?:[0-9A-F]{2} ){1,16})");

    private final Path folder;
    private final String namespace;
    private final Process charon;

    private StrongSwan(Path folder, String namespace, Process charon) {
        this.folder = folder;
        this.namespace = namespace;
        this.charon = charon;
    }

    /**
     * Starts one that knows no connection.
     *
     * @param settings further ones of charon, as by {@link #settings}
     */
    static StrongSwan start(Path folder, String namespace, String... settings)
            throws IOException, InterruptedException {
        writeSettings(folder, settings);
        Files.createDirectories(folder.resolve("swanctl"));
        ProcessBuilder builder = new ProcessBuilder(
                        "ip",
                        "netns",
                        "exec",
                        namespace,
                        "unshare",
                        "-m",
                        "sh",
                        "-c",
                        "mount -t tmpfs tmpfs /run && exec /usr/sbin/charon-systemd")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out").toFile());
        builder.environment()
                .put("STRONGSWAN_CONF", folder.resolve("strongswan.conf").toString());
        StrongSwan strongSwan = new StrongSwan(folder, namespace, builder.start());
        strongSwan.awaitSocket();
        return strongSwan;
    }

    /** Writes them; one that comes twice is what it says last. */
    private static void writeSettings(Path folder, String... settings) throws IOException {
        Files.writeString(folder.resolve("strongswan.conf"), """
                charon-systemd {
                  load = %s
                  piddir = %s
                  install_routes = no
                  retransmit_timeout = 0.4
                  retransmit_base = 1.4
                  retransmit_tries = 4
                  plugins { vici { socket = unix://%s/vici } }
                  filelog { log { path = %s/log
                    default = 1
                    ike = 2
                    chd = 4
                    net = 2
                    flush_line = yes } }
                  %s
                }
                """.formatted(
                        PLUGINS, folder, folder, folder, String.join("\n  ", settings)));
    }

    /**
     * Replaces those settings of charon that it asks for with each IKE SA.
     *
     * @param settings lines of strongswan.conf
     */
    void settings(String... settings) throws IOException, InterruptedException {
        writeSettings(folder, settings);
        swanctl("--reload-settings");
    }

    /** Has it know of this and nothing else; SAs that exist stay. */
    void load(SwanctlConf conf) throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("swanctl/swanctl.conf"), conf.toString());
        swanctl("--load-all", "--clear", "--noprompt", "--file", file.toString());
    }

    /** Gives it a private key, or an authority's certificate, from the next {@link #load} on. */
    void give(String kind, Path file) throws IOException {
        Path directory = Files.createDirectories(folder.resolve("swanctl").resolve(kind));
        Files.copy(file, directory.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }

    /** Takes away all that it was given. */
    void takeAway() {
        RunDirectory.delete(folder.resolve("swanctl/private"));
        RunDirectory.delete(folder.resolve("swanctl/x509ca"));
    }

    private void awaitSocket() throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(15).toNanos();
        while (!Files.exists(folder.resolve("vici"))) {
            if (System.nanoTime() > end || !charon.isAlive()) {
                throw new IllegalStateException("strongSwan did not start: " + log());
            }
            Thread.sleep(50);
        }
    }

    /** Runs swanctl; its exit code is not looked at, because it is an error too when the peer refuses. */
    String swanctl(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", namespace, "swanctl"));
        command.add(arguments[0]);
        command.addAll(List.of("--uri", "unix://" + folder.resolve("vici")));
        command.addAll(List.of(arguments).subList(1, arguments.length));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("SWANCTL_DIR", folder.resolve("swanctl").toString());
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor(20, TimeUnit.SECONDS);
        return output;
    }

    /** Returns the lines of the SAs that are told of in raw form. */
    String sas() throws IOException, InterruptedException {
        return swanctl("--list-sas", "--raw");
    }

    /** Returns all the key material that it logged, as hexadecimal digits without a gap in each key. */
    String loggedKeys() {
        StringBuilder keys = new StringBuilder();
        for (String line : log().lines().toList()) {
            Matcher dump = DUMP.matcher(line);
            if (dump.find()) {
                keys.append(dump.group(1).replace(" ", "").toLowerCase(Locale.ROOT));
            } else {
                keys.append('\n');
            }
        }
        return keys.toString();
    }

    String log() {
        try {
            return Files.exists(folder.resolve("log")) ? Files.readString(folder.resolve("log")) : "(no log)";
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        charon.descendants().forEach(ProcessHandle::destroyForcibly);
        charon.destroyForcibly();
        charon.onExit().orTimeout(5, TimeUnit.SECONDS).join();
    }
}
