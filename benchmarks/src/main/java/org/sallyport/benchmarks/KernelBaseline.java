package org.sallyport.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.net.Veth;
import org.sallyport.lab.peer.WebServer;
import org.sallyport.lab.session.Fetch;
import org.sallyport.lab.topology.RunDirectory;

/**
 * What Linux does by itself: an XFRM policy that asks for ESP without an SA drops the first packet, and TCP waits for
 * its retransmission. The policy goes when a key exchange would have ended, so that the retransmission gets through.
 */
final class KernelBaseline implements AutoCloseable {
    private static final String CLIENT = "192.0.2.1";
    private static final String SERVER = "192.0.2.2";
    private static final int PORT = 8080;
    private static final String[] SELECTOR = {"src", CLIENT + "/32", "dst", SERVER + "/32", "dir", "out"};

    private final Namespace client;
    private final Namespace server;
    private final WebServer web;

    private KernelBaseline(Namespace client, Namespace server, WebServer web) {
        this.client = client;
        this.server = server;
        this.web = web;
    }

    /** Two namespaces, a bare veth and a web server. */
    static KernelBaseline open() {
        Namespace client = Namespace.create(RunDirectory.prefix() + "-base-client");
        Namespace server = Namespace.create(RunDirectory.prefix() + "-base-server");
        Veth.connect(client, "eth0", server, "eth0").addresses(CLIENT + "/24", SERVER + "/24");
        return new KernelBaseline(client, server, WebServer.start(server, SERVER, PORT));
    }

    /**
     * One connection.
     *
     * @param exchange how long after the program's start the SA would have stood
     * @return how long connect() took, in milliseconds
     */
    double connect(Duration exchange) throws InterruptedException {
        xfrm("add", List.of("tmpl", "src", CLIENT, "dst", SERVER, "proto", "esp", "mode", "tunnel"));
        CompletableFuture<Fetch> fetch = CompletableFuture.supplyAsync(
                () -> Fetch.run(client, java.util.Optional.empty(), "http://" + SERVER + ":" + PORT + "/"));
        awaitSyn();
        Thread.sleep(exchange);
        xfrm("delete", List.of());
        Fetch done = fetch.join();
        if (done.httpStatus() != 200) {
            throw new IllegalStateException("the baseline's fetch failed: " + done.error());
        }
        return done.connectMillis();
    }

    /** The exchange begins with the connect(), not with the start of the program that will call it. */
    private void awaitSyn() throws InterruptedException {
        while (!client.procNet("tcp").contains(" 02 ")) {
            Thread.sleep(Duration.ofMillis(1));
        }
    }

    private void xfrm(String verb, List<String> template) {
        java.util.ArrayList<String> line = new java.util.ArrayList<>(List.of("xfrm", "policy", verb));
        line.addAll(List.of(SELECTOR));
        line.addAll(template);
        client.ip(line.toArray(String[]::new));
    }

    @Override
    public void close() {
        web.close();
        client.close();
        server.close();
    }
}
