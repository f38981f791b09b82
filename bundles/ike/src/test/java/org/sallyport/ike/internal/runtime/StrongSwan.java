package org.sallyport.ike.internal.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

    static StrongSwan start(Path folder, String namespace, String connections)
            throws IOException, InterruptedException {
        return start(folder, namespace, connections, 1280);
    }

    /**
     * Starts one.
     *
     * @param fragmentSize octets of an IP datagram above which it sends fragments
     */
    static StrongSwan start(Path folder, String namespace, String connections, int fragmentSize)
            throws IOException, InterruptedException {
        return start(folder, namespace, connections, fragmentSize, "");
    }

    /** @param settings further ones of charon */
    static StrongSwan start(Path folder, String namespace, String connections, int fragmentSize, String settings)
            throws IOException, InterruptedException {
        Files.writeString(folder.resolve("strongswan.conf"), """
                charon-systemd {
                  load = %s
                  piddir = %s
                  install_routes = no
                  %s
                  retransmit_timeout = 0.5
                  retransmit_base = 1.5
                  retransmit_tries = 4
                  fragment_size = %d
                  plugins { vici { socket = unix://%s/vici } }
                  filelog { log { path = %s/log
                    default = 1
                    ike = 2
                    chd = 4
                    net = 2
                    flush_line = yes } }
                }
                """.formatted(
                        PLUGINS, folder, settings, fragmentSize, folder, folder));
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
        strongSwan.load(connections);
        return strongSwan;
    }

    /** Replaces what it is configured to do; SAs that exist stay. */
    void load(String connections) throws IOException, InterruptedException {
        Path file = folder.resolve("swanctl/swanctl.conf");
        Files.writeString(file, connections);
        swanctl("--load-all", "--clear", "--noprompt", "--file", file.toString());
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
