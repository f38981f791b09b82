package org.sallyport.lab.peer;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.sallyport.lab.net.Namespace;

/** A web server inside a namespace; its page carries a sentence that is looked for on the wire. */
public final class WebServer implements AutoCloseable {
    /** Part of the page: whoever reads this on the outer wire has read clear text. */
    public static final String CANARY = "the sally port stands open";

    private static final byte[] PAGE = """
            <!doctype html>
            <title>Sallyport lab</title>
            <p>Behind the second gate: %s.</p>
            """.formatted(CANARY).getBytes(StandardCharsets.UTF_8);

    private final HttpServer server;
    private final ExecutorService workers;

    private WebServer(HttpServer server, ExecutorService workers) {
        this.server = server;
        this.workers = workers;
    }

    /** Serves the page on the given address and port inside the namespace. */
    public static WebServer start(Namespace namespace, String address, int port) {
        HttpServer server = namespace.call(() -> HttpServer.create(new InetSocketAddress(address, port), 1024));
        ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
        server.setExecutor(workers);
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
                exchange.sendResponseHeaders(200, PAGE.length);
                exchange.getResponseBody().write(PAGE);
            }
        });
        server.createContext("/large", exchange -> {
            try (exchange) {
                exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
                exchange.sendResponseHeaders(200, 0);
                writeLarge(exchange.getResponseBody());
            }
        });
        server.start();
        return new WebServer(server, workers);
    }

    private static void writeLarge(OutputStream body) throws IOException {
        for (int written = 0; written < 1 << 24; written += PAGE.length) {
            body.write(PAGE);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        workers.close();
    }
}
