package org.sallyport.benchmarks.handshakes;

import java.util.ArrayList;
import java.util.List;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.net.Veth;
import org.sallyport.lab.topology.RunDirectory;

/** A namespace for the load and one for each responder, with a wire of its own to the load. */
final class Ground implements AutoCloseable {
    private static final String WIRE = "wire";
    /** Each is the responder's half-open ones' origin: so many that none has to prove itself by a cookie. */
    private static final int CLIENTS = 32;

    private static final int FIRST_CLIENT = 10;
    private static final String LOCAL_INNER = "10.127.0.1/24";

    private final List<Namespace> created = new ArrayList<>();
    private final Namespace load;

    private Ground() {
        load = make("load");
    }

    static Ground create() {
        return new Ground();
    }

    private Namespace make(String name) {
        Namespace namespace = Namespace.create(RunDirectory.prefix() + "-" + name);
        created.add(namespace);
        return namespace;
    }

    Namespace load() {
        return load;
    }

    /** Makes a responder's namespace; its number tells its network from others'. */
    Namespace responder(int number, String name) {
        Namespace namespace = make(name);
        Veth.connect(load, WIRE + number, namespace, WIRE)
                .addresses(network(number) + ".2/24", address(number) + "/24");
        for (String client : clients(number)) {
            load.ip("address", "add", client + "/24", "dev", WIRE + number);
        }
        namespace.ip("address", "add", LOCAL_INNER, "dev", "lo");
        namespace.ip("route", "add", "default", "via", network(number) + ".2");
        return namespace;
    }

    /** Where a responder is. */
    static String address(int number) {
        return network(number) + ".1";
    }

    /** Where its clients are. */
    static List<String> clients(int number) {
        List<String> addresses = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            addresses.add(network(number) + "." + (FIRST_CLIENT + i));
        }
        return addresses;
    }

    private static String network(int number) {
        return "198.18." + number;
    }

    @Override
    public void close() {
        created.reversed().forEach(Namespace::close);
    }
}
