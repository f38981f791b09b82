package org.sallyport.lab.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.sallyport.lab.net.Namespace;

/** One TCP connection that is left open, to see whether what happens around it leaves it alone. Not thread safe. */
public final class Conversation implements AutoCloseable {
    private final Socket asking;
    private final Socket answering;

    private Conversation(Socket asking, Socket answering) {
        this.asking = asking;
        this.answering = answering;
    }

    /** Connects; nothing intercepts it. */
    public static Conversation open(
            Namespace from, String source, Namespace to, String destination, int port, Duration limit) {
        InetSocketAddress target = new InetSocketAddress(destination, port);
        try (ServerSocket server = to.call(() -> new ServerSocket(port, 1, target.getAddress()))) {
            server.setSoTimeout((int) limit.toMillis());
            Socket asking = from.call(() -> connect(source, target, limit));
            return new Conversation(asking, server.accept());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Socket connect(String source, InetSocketAddress target, Duration limit) throws IOException {
        Socket socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.bind(new InetSocketAddress(InetAddress.ofLiteral(source), 0));
        socket.connect(target, (int) limit.toMillis());
        return socket;
    }

    /** The port of the side that asked. */
    public int port() {
        return asking.getLocalPort();
    }

    /** Whether a word arrives within the limit, and another one back. */
    public boolean goesOn(Duration limit) {
        return passes(asking, answering, limit) && passes(answering, asking, limit);
    }

    /** What came too late stays in the stream: it is as good as the word that was said last. */
    private static boolean passes(Socket from, Socket to, Duration limit) {
        try {
            to.setSoTimeout((int) limit.toMillis());
            from.getOutputStream().write('w');
            return to.getInputStream().read() == 'w';
        } catch (SocketTimeoutException silence) {
            return false;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        try (asking) {
            answering.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
