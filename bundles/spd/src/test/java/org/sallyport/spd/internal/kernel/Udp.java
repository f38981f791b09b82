package org.sallyport.spd.internal.kernel;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Optional;
import org.sallyport.api.flow.Addresses;
import org.sallyport.spd.TestNamespace;

/** Datagrams between namespaces. */
final class Udp {
    private static final int ATTEMPTS = 3;

    private Udp() {}

    static DatagramSocket bound(TestNamespace namespace, String address, int port) {
        return namespace.in(() -> new DatagramSocket(new InetSocketAddress(Addresses.parse(address), port)));
    }

    /** Tells whether a datagram, sent again while it does not, from one namespace arrives in another. */
    static boolean arrives(
            TestNamespace from, String source, TestNamespace to, String destination, int sourcePort, int port) {
        try (DatagramSocket receiver = bound(to, destination, port);
                DatagramSocket sender = bound(from, source, sourcePort)) {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                if (send(sender, destination, port).isEmpty() && received(receiver)) {
                    return true;
                }
            }
            return false;
        }
    }

    static boolean arrives(TestNamespace from, String source, TestNamespace to, String destination) {
        return arrives(from, source, to, destination, 0, 7777);
    }

    /** Sends a datagram; answers with the error, if there was one. */
    static Optional<String> send(DatagramSocket sender, String destination, int port) {
        try {
            sender.send(new DatagramPacket(new byte[] {1}, 1, Addresses.parse(destination), port));
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    static boolean received(DatagramSocket receiver) {
        try {
            receiver.setSoTimeout(300);
            receiver.receive(new DatagramPacket(new byte[16], 16));
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the source that the kernel gives to an unbound socket; or the error. */
    static String sourceTowards(TestNamespace namespace, String destination) {
        return namespace.in(() -> {
            try (DatagramSocket socket = new DatagramSocket()) {
                socket.connect(new InetSocketAddress(Addresses.parse(destination), 7777));
                InetAddress source = socket.getLocalAddress();
                return source.getHostAddress();
            } catch (SocketException e) {
                return String.valueOf(e.getMessage());
            }
        });
    }
}
