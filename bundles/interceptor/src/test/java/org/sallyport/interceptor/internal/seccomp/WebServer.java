package org.sallyport.interceptor.internal.seccomp;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.sallyport.api.flow.Addresses;

/** A web server on every loopback address. */
final class WebServer implements AutoCloseable {
    static final String PAGE = "protected";

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final List<InetSocketAddress> peers = new CopyOnWriteArrayList<>();
    private final HttpServer server;

    WebServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(Addresses.parse("0.0.0.0"), 0), 16);
        server.setExecutor(executor);
        server.createContext("/", exchange -> {
            peers.add(exchange.getRemoteAddress());
            byte[] page = PAGE.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    String url(String address) {
        return "http://" + address + ":" + port() + "/";
    }

    /** Returns who asked for a page. */
    List<InetSocketAddress> peers() {
        return List.copyOf(peers);
    }

    @Override
    public void close() {
        server.stop(0);
        executor.close();
    }
}
