package org.sallyport.itests;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/** A program on the JVM: fetches a page, or has a datagram echoed, by the API that it is told. */
final class JvmClient {
    private static final byte[] REQUEST = "GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    /** An API of the JDK. */
    enum Api {
        SOCKET,
        SOCKET_TIMEOUT,
        NIO,
        HTTP_CLIENT,
        DATAGRAM_CHANNEL
    }

    private JvmClient() {}

    /** Takes the API, an address and a port; prints the answer. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        InetSocketAddress server = new InetSocketAddress(arguments[1], Integer.parseInt(arguments[2]));
        System.out.println(
                switch (Api.valueOf(arguments[0].toUpperCase(Locale.ROOT))) {
                    case SOCKET -> socket(server, 0);
                    case SOCKET_TIMEOUT -> socket(server, 700);
                    case NIO -> nio(server);
                    case HTTP_CLIENT -> httpClient(server);
                    case DATAGRAM_CHANNEL -> datagramChannel(server);
                });
    }

    private static String socket(InetSocketAddress server, int timeoutMillis) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(server, timeoutMillis);
            socket.getOutputStream().write(REQUEST);
            return text(socket.getInputStream());
        }
    }

    private static String nio(InetSocketAddress server) throws IOException {
        try (Selector selector = Selector.open();
                SocketChannel channel = SocketChannel.open()) {
            channel.configureBlocking(false);
            channel.connect(server);
            SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT);
            selector.select();
            channel.finishConnect();
            channel.write(ByteBuffer.wrap(REQUEST));
            key.cancel();
            selector.selectNow();
            channel.configureBlocking(true);
            return text(channel.socket().getInputStream());
        }
    }

    private static String httpClient(InetSocketAddress server) throws IOException, InterruptedException {
        URI page = URI.create("http://" + server.getHostString() + ":" + server.getPort() + "/");
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            HttpRequest request =
                    HttpRequest.newBuilder(page).timeout(Duration.ofSeconds(10)).build();
            return client.send(request, BodyHandlers.ofString()).body();
        }
    }

    private static String datagramChannel(InetSocketAddress server) throws IOException {
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.send(ByteBuffer.wrap("hello".getBytes(StandardCharsets.US_ASCII)), server);
            ByteBuffer answer = ByteBuffer.allocate(100);
            channel.receive(answer);
            return StandardCharsets.US_ASCII.decode(answer.flip()).toString();
        }
    }

    private static String text(InputStream stream) throws IOException {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
}
