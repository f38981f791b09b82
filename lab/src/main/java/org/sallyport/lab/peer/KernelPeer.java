package org.sallyport.lab.peer;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.process.Background;
import org.sallyport.lab.process.Command;
import org.sallyport.lab.process.CommandFailedException;
import org.sallyport.lab.process.Wait;

/**
 * Debian's strongSwan with the data plane of a Debian kernel, in an emulated machine that boots in seconds: it has what
 * strongSwan's user-space data plane has not, such as transport mode, extended sequence numbers and IPv6 outside. It is
 * slow, and a peer to understand, not to race. Its kernel drops nothing that lacks an SA unless a policy says so.
 *
 * <p>Scripts run as root in a small shell with busybox, {@code ip}, {@code curl} and {@code swanctl}. Safe for use by many threads.
 */
public final class KernelPeer implements AutoCloseable {
    private static final Duration BOOT = Duration.ofMinutes(2);
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String LOG = "/run/charon.log";
    private static final String CONFIGURATION = "/etc/swanctl/swanctl.conf";
    /** What passes the device is a packet as it would be on a wire. */
    private static final String PLAIN =
            "csum=off,gso=off,guest_csum=off,guest_tso4=off,guest_tso6=off,guest_ecn=off,guest_ufo=off";

    private final Background machine;
    private final MachineShell shell;

    private KernelPeer(Background machine, MachineShell shell) {
        this.machine = machine;
        this.shell = shell;
    }

    /**
     * Two addresses of one network, each with its prefix length.
     *
     * @param near of the tap device; the machine's default route leads there
     * @param far of the machine
     */
    public record Link(String near, String far) {}

    /**
     * Where the machine stands: at the far end of a tap device.
     *
     * @param namespace where the device is made
     * @param device its name
     * @param links at most one for each address family
     * @param behind addresses that the machine has besides, each with its prefix length
     */
    public record Position(Namespace namespace, String device, List<Link> links, List<String> behind) {
        public Position {
            links = List.copyOf(links);
            behind = List.copyOf(behind);
        }
    }

    /**
     * Boots the machine and starts strongSwan in it, without any connection.
     *
     * @param images where the image is kept, and built if it is not there
     * @param directory for this machine's own files
     */
    public static KernelPeer start(Path images, Path directory, Position position) {
        MachineImage image = MachineImage.below(images);
        Path socket = directory.resolve("machine.port");
        layOut(position);
        Background machine = position.namespace()
                .start(
                        directory.resolve("machine.out"),
                        Map.of(),
                        emulator(image, position, socket).toArray(String[]::new));
        try {
            Wait.until("the emulated machine's port", LIMIT, () -> Files.exists(socket) || !machine.isAlive());
            KernelPeer peer = new KernelPeer(machine, MachineShell.connect(socket, BOOT));
            peer.configure(position);
            peer.startDaemon();
            return peer;
        } catch (RuntimeException failure) {
            failure.addSuppressed(new CommandFailedException("the machine said: " + machine.output()));
            machine.kill();
            throw failure;
        }
    }

    private static void layOut(Position position) {
        Namespace namespace = position.namespace();
        namespace.ip("tuntap", "add", position.device(), "mode", "tap");
        for (Link link : position.links()) {
            namespace.ip(assign(link.near(), position.device()).toArray(String[]::new));
        }
        namespace.ip("link", "set", position.device(), "up");
    }

    /** The words for {@code ip} that give a device an address. */
    private static List<String> assign(String address, String device) {
        List<String> words = List.of("address", "add", address, "dev", device);
        return address.contains(":")
                ? Stream.concat(words.stream(), Stream.of("nodad")).toList()
                : words;
    }

    private static List<String> emulator(MachineImage image, Position position, Path socket) {
        return List.of(
                "qemu-system-x86_64",
                "-accel",
                "tcg,thread=multi",
                "-cpu",
                "max",
                "-smp",
                "1",
                "-m",
                "512",
                "-nodefaults",
                "-no-user-config",
                "-no-reboot",
                "-display",
                "none",
                "-serial",
                "stdio",
                "-kernel",
                image.kernel().toString(),
                "-initrd",
                image.initramfs().toString(),
                "-append",
                "console=ttyS0 quiet panic=1",
                "-netdev",
                "tap,id=net,script=no,downscript=no,ifname=" + position.device(),
                "-device",
                "virtio-net-pci,netdev=net,romfile=," + PLAIN,
                "-device",
                "virtio-rng-pci",
                "-device",
                "virtio-serial-pci",
                "-chardev",
                "socket,id=port,server=on,wait=off,path=" + socket,
                "-device",
                "virtserialport,chardev=port");
    }

    private void configure(Position position) {
        List<String> script = new ArrayList<>(List.of("set -e", "ip link set eth0 up"));
        for (String interfaces : List.of("all", "default", "eth0")) {
            script.add("echo 0 >/proc/sys/net/ipv4/conf/" + interfaces + "/rp_filter");
        }
        for (Link link : position.links()) {
            script.add("ip " + String.join(" ", assign(link.far(), "eth0")));
            script.add("ip route add default via " + link.near().replaceFirst("/.*", ""));
        }
        position.behind().forEach(address -> script.add("ip " + String.join(" ", assign(address, "lo"))));
        run(String.join("\n", script));
    }

    private void startDaemon() {
        run("""
                charon-systemd >/run/charon.out 2>&1 &
                until [ -S /var/run/charon.vici ]; do sleep 0.1; done
                """);
    }

    /** Replaces connections, secrets and credentials by those of this text in swanctl's form; SAs stay. */
    public void load(String swanctlConf) {
        write(CONFIGURATION, swanctlConf.getBytes(StandardCharsets.UTF_8));
        swanctl("--load-all", "--clear", "--noprompt");
    }

    /** Runs swanctl and answers what it prints; a status other than 0 is an error. */
    public String swanctl(String... arguments) {
        return run("swanctl " + String.join(" ", arguments));
    }

    /** Puts a file into the machine, e.g. a certificate below {@code /etc/swanctl/x509}. */
    public void write(String path, byte[] content) {
        run("mkdir -p $(dirname %s)\nbase64 -d >%s <<.\n%s\n.\n"
                .formatted(path, path, Base64.getMimeEncoder().encodeToString(content)));
    }

    /** The kernel's SAs, with keys, counters, flags and modes, as {@code ip -s xfrm state} prints them. */
    public String states() {
        return run("ip -s xfrm state");
    }

    /** strongSwan's log. */
    public String log() {
        return run("cat " + LOG);
    }

    /** Runs a script to its end and answers what it printed; a status other than 0 is an error. */
    public String run(String script) {
        Command.Result result = attempt(script, LIMIT);
        if (!result.succeeded()) {
            throw new CommandFailedException("inside the emulated machine, status %d: %s\n%s"
                    .formatted(result.status(), script, result.output()));
        }
        return result.output();
    }

    /** Runs a script and answers how it ended; it is killed after the limit, with status 137. */
    public Command.Result attempt(String script, Duration limit) {
        return shell.run(script, limit);
    }

    /** Switches the machine off. */
    @Override
    public void close() {
        shell.close();
        machine.kill();
    }
}
