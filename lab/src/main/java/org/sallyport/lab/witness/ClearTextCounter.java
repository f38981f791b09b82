package org.sallyport.lab.witness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.process.CommandFailedException;

/**
 * Has the kernel count, where packets enter the wide-area network, those that are not what they should be between two
 * gateways: anything but IKE, ESP (RFC 4303), also in UDP (RFC 3948), ARP and neighbour discovery; and what calls itself
 * ESP while an IP packet of the protected address lies in clear where AES-GCM's ciphertext begins. It costs
 * next to nothing, copies nothing and misses nothing, so that it can stand where a capture would disturb what is measured.
 * A super-packet counts once, and is judged by its first segment. Needs {@code nft}.
 */
public final class ClearTextCounter implements AutoCloseable {
    private static final String TABLE = "sallyport_witness";
    private static final Pattern COUNTED = Pattern.compile("packets (\\d+)");
    private static final int UDP_HEADER = 8;
    /** Where an IPv4 header has them. */
    private static final int SOURCE = 12;

    private static final int DESTINATION = 16;

    private final Namespace namespace;

    private ClearTextCounter(Namespace namespace) {
        this.namespace = namespace;
    }

    /**
     * Begins to count.
     *
     * @param namespace the wide-area network
     * @param devices by which packets enter it
     * @param gateways the outer IPv4 addresses of both
     * @param inner an IPv4 address that every protected flow has on one side
     * @param directory for the rules
     */
    public static ClearTextCounter start(
            Namespace namespace, List<String> devices, List<String> gateways, String inner, Path directory) {
        Path file = directory.resolve(namespace.name() + ".nft");
        try {
            Files.writeString(file, rules(devices, String.join(", ", gateways), inner));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        namespace.command("nft", "-f", file.toString()).check();
        return new ClearTextCounter(namespace);
    }

    private static String rules(List<String> devices, String gateways, String inner) {
        String entrances = IntStream.range(0, devices.size())
                .mapToObj(i ->
                        "  chain entrance%d { type filter hook ingress device \"%s\" priority 0; policy accept; jump judge; }%n"
                                .formatted(i, devices.get(i)))
                .collect(Collectors.joining());
        return """
                table netdev %1$s {
                  counter clear {}
                  chain judge {
                    ip saddr { %2$s } ip daddr { %2$s } udp sport { 500, 4500 } udp dport { 500, 4500 } goto udp_sealed
                    ip saddr { %2$s } ip daddr { %2$s } ip protocol esp goto sealed
                    ether type arp accept
                    icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } accept
                    icmpv6 type { mld-listener-query, mld-listener-report, mld2-listener-report } accept
                    counter name clear
                  }
                  chain udp_sealed {
                %3$s  }
                  chain sealed {
                %4$s  }
                %5$s}
                """.formatted(TABLE, gateways, unsealed(UDP_HEADER, inner), unsealed(0, inner), entrances);
    }

    /** Looks for an IPv4 header of the protected address, behind SPI, sequence number and IV (RFC 4106 section 3). */
    private static String unsealed(int espAt, String inner) {
        int header = espAt + 4 + 4 + 8;
        return Stream.of(SOURCE, DESTINATION)
                .map(address -> "    @th,%d,8 0x45 @th,%d,32 %s counter name clear%n"
                        .formatted(8 * header, 8 * (header + address), hexadecimal(inner)))
                .collect(Collectors.joining());
    }

    private static String hexadecimal(String address) {
        return "0x"
                + Pattern.compile("\\.")
                        .splitAsStream(address)
                        .map(octet -> "%02x".formatted(Integer.parseInt(octet)))
                        .collect(Collectors.joining());
    }

    /** How many packets it has counted. */
    public long packets() {
        String listed = namespace
                .command("nft", "list", "counter", "netdev", TABLE, "clear")
                .check();
        Matcher counted = COUNTED.matcher(listed);
        if (!counted.find()) {
            throw new CommandFailedException("nft says of the counter of what goes in clear: " + listed);
        }
        return Long.parseLong(counted.group(1));
    }

    @Override
    public void close() {
        namespace.command("nft", "delete", "table", "netdev", TABLE).run();
    }
}
