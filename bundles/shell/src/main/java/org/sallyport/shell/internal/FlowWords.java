package org.sallyport.shell.internal;

import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.IpProtocol;

/**
 * Reads a flow in words: {@code tcp from 10.1.0.5 to 10.2.0.7 port 443}, {@code udp 10.2.0.7:53},
 * {@code icmp to 10.2.0.7 type 8 code 0}. Brackets are the shell's own, so an IPv6 port is said with "port". Without a
 * source the route decides; without a local port an ephemeral one is assumed.
 */
final class FlowWords {
    private static final Set<String> FILLERS = Set.of("from", "to", "and");
    private static final int EPHEMERAL = 49_152;
    private static final String EXAMPLE = "for example: tcp from 10.1.0.5 to 10.2.0.7 port 443";

    private static final class End {
        private final InetAddress address;
        private int port = -1;

        private End(InetAddress address) {
            this.address = address;
        }
    }

    private final Deque<String> words;
    private @Nullable End first;
    private @Nullable End second;
    private int type = -1;
    private int code;

    private FlowWords(List<String> words) {
        this.words = new ArrayDeque<>(words);
    }

    static Flow parse(List<String> words) {
        return new FlowWords(words).read();
    }

    private Flow read() {
        int protocol = protocol(next("a protocol"));
        while (!words.isEmpty()) {
            read(words.pop());
        }
        End one = first;
        End two = second;
        if (one == null) {
            throw new SentenceException("A flow names where it goes; " + EXAMPLE + ".");
        }
        End remote = two == null ? one : two;
        InetAddress source = two == null ? routed(remote.address) : one.address;
        int sourcePort = two == null ? -1 : one.port;
        try {
            return flow(protocol, source, sourcePort, remote);
        } catch (IllegalArgumentException e) {
            throw new SentenceException(e.getMessage() + "; " + EXAMPLE + ".");
        }
    }

    private Flow flow(int protocol, InetAddress source, int sourcePort, End remote) {
        if (protocol == IpProtocol.ICMP || protocol == IpProtocol.ICMPV6) {
            int echo = protocol == IpProtocol.ICMP ? 8 : 128;
            int message = (type < 0 ? echo : type) * 256 + code;
            return new Flow(0, protocol, source, message, remote.address, message);
        }
        if (!IpProtocol.hasPorts(protocol)) {
            return new Flow(0, protocol, source, Flow.OPAQUE_PORT, remote.address, Flow.OPAQUE_PORT);
        }
        if (remote.port < 0) {
            throw new IllegalArgumentException("a flow of " + IpProtocol.name(protocol) + " names the port it goes to");
        }
        return new Flow(0, protocol, source, sourcePort < 0 ? EPHEMERAL : sourcePort, remote.address, remote.port);
    }

    private void read(String word) {
        if (FILLERS.contains(word)) {
            return;
        }
        switch (word) {
            case "port" -> latest().port = number("a port", 65535);
            case "type" -> type = number("an ICMP type", 255);
            case "code" -> code = number("an ICMP code", 255);
            default -> address(word);
        }
    }

    private void address(String word) {
        if (second != null) {
            throw new SentenceException("\"" + word + "\" is one address too many; " + EXAMPLE + ".");
        }
        int colon = word.indexOf(':');
        boolean withPort = colon >= 0 && colon == word.lastIndexOf(':');
        End end = new End(literal(withPort ? word.substring(0, colon) : word));
        if (withPort) {
            words.push(word.substring(colon + 1));
            end.port = number("a port", 65535);
        }
        if (first == null) {
            first = end;
        } else {
            second = end;
        }
    }

    private End latest() {
        End end = second == null ? first : second;
        if (end == null) {
            throw new SentenceException("A port stands after its address; " + EXAMPLE + ".");
        }
        return end;
    }

    private static InetAddress literal(String word) {
        try {
            return Addresses.parse(word);
        } catch (IllegalArgumentException e) {
            throw new SentenceException(e.getMessage() + "; " + EXAMPLE + ".");
        }
    }

    private int number(String what, int most) {
        String word = next(what);
        if (!word.matches("[0-9]{1,5}") || Integer.parseInt(word) > most) {
            throw new SentenceException("\"" + word + "\" is not " + what + " from 0 to " + most + ".");
        }
        return Integer.parseInt(word);
    }

    private String next(String what) {
        String word = words.poll();
        if (word == null) {
            throw new SentenceException("Here " + what + " is missing; " + EXAMPLE + ".");
        }
        return word;
    }

    private static int protocol(String word) {
        OptionalInt number = IpProtocol.number(word);
        if (number.isPresent() && number.getAsInt() > 0) {
            return number.getAsInt();
        }
        if (word.matches("[0-9]{1,3}") && Integer.parseInt(word) >= 1 && Integer.parseInt(word) <= 255) {
            return Integer.parseInt(word);
        }
        throw new SentenceException(
                "\"" + word + "\" is not a protocol: tcp, udp, icmp, icmpv6, sctp … or a number from 1 to 255.");
    }

    /** Asks the kernel's routes which source it would take; nothing is sent. */
    private static InetAddress routed(InetAddress remote) {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(remote, 9));
            return socket.getLocalAddress();
        } catch (SocketException | UncheckedIOException e) {
            throw new SentenceException("There is no route to " + remote.getHostAddress() + "; name the source.");
        }
    }
}
