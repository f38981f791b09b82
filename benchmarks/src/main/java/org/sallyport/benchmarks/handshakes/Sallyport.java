package org.sallyport.benchmarks.handshakes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.sallyport.lab.appliance.Appliance;
import org.sallyport.lab.appliance.Distribution;
import org.sallyport.lab.net.Namespace;

/** The appliance as an administrator installs it: the whole distribution, with guard, data plane, journal and console. */
final class Sallyport implements Responder {
    private static final Duration READY = Duration.ofSeconds(90);

    private final Namespace place;
    private final String address;
    private final Appliance appliance;

    private Sallyport(Namespace place, String address, Appliance appliance) {
        this.place = place;
        this.address = address;
        this.appliance = appliance;
    }

    /**
     * Starts one and waits until it is ready.
     *
     * @param lifetime keys and values of both policies
     */
    static Sallyport start(
            Namespace place, String address, Path base, Path certificates, String javaOptions, String lifetime) {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("secrets/load.psk", Clients.SECRET);
        copy(files, certificates, Certificates.AUTHORITY);
        copy(files, certificates, Certificates.RESPONDER);
        copy(files, certificates, Certificates.RESPONDER_KEY);
        files.put("org.sallyport.peer-psk.cfg", peer(address, "*" + Clients.PSK_DOMAIN, """
                        auth = psk
                        secret-file = secrets/load.psk
                        """));
        files.put("org.sallyport.peer-ecdsa.cfg", peer(address, Clients.CERTIFIED, """
                        auth = pubkey
                        key-file = certs/responder.key
                        certificate-file = certs/responder.pem
                        ca-files = certs/authority.pem
                        """));
        files.put("org.sallyport.policy-psk.cfg", policy("psk", Clients.PSK_ADDRESSES, lifetime));
        files.put("org.sallyport.policy-ecdsa.cfg", policy("ecdsa", Clients.CERTIFIED_ADDRESSES, lifetime));
        files.put("org.sallyport.interceptor.cfg", "socket = " + base.resolve("run/interceptor.sock") + "\n");
        Appliance appliance = Appliance.create(Cores.responder(place), Distribution.find(), base, files);
        appliance.useJavaOptions(javaOptions);
        appliance.start();
        appliance.awaitReady(READY);
        return new Sallyport(place, address, appliance);
    }

    private static void copy(Map<String, String> files, Path folder, String name) {
        try {
            files.put("certs/" + name, Files.readString(folder.resolve(name)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String peer(String address, String remote, String authentication) {
        return """
                schema-version = 1
                local-address = %s
                remote-address = any
                local-identity = %s
                remote-identity = %s
                ike-proposals = %s
                dpd-interval = 0s
                %s""".formatted(address, Clients.RESPONDER, remote, LoadSuite.IKE_WORDS, authentication);
    }

    private static String policy(String peer, String remote, String lifetime) {
        return """
                schema-version = 1
                order = 10
                action = protect
                peer = %s
                local = %s
                remote = %s
                proposals = %s
                %s""".formatted(peer, Clients.BEHIND_RESPONDER, remote, LoadSuite.ESP_WORDS, lifetime);
    }

    Appliance appliance() {
        return appliance;
    }

    @Override
    public long pid() {
        return appliance.pid();
    }

    @Override
    public String address() {
        return address;
    }

    @Override
    public Namespace place() {
        return place;
    }

    @Override
    public void close() {
        appliance.close();
    }
}
