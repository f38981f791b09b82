package org.sallyport.lab.appliance;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.sallyport.lab.topology.LabNetwork;

/**
 * What one appliance of the lab is told: its peer, one policy, and where its socket is. Immutable; {@code with…} answers
 * a changed copy.
 *
 * @param secret the pre-shared key
 * @param peer keys and values of the peer's file
 * @param policy keys and values of the policy's file
 * @param further other files, by name below etc
 */
public record Site(String secret, Map<String, String> peer, Map<String, String> policy, Map<String, String> further) {
    /** The name of the peer, and so of the connection. */
    public static final String PEER = "gw";
    /** The name of the policy. */
    public static final String POLICY = "lab";
    /** The file with the peer. */
    public static final String PEER_FILE = "org.sallyport.peer-" + PEER + ".cfg";
    /** The file with the policy. */
    public static final String POLICY_FILE = "org.sallyport.policy-" + POLICY + ".cfg";
    /** The file that says where the interceptor listens. */
    public static final String INTERCEPTOR_FILE = "org.sallyport.interceptor.cfg";

    private static final String SECRET_FILE = "secrets/" + PEER + ".psk";
    private static final String HOST_NETS = LabNetwork.HOST_INNER + "/32, " + LabNetwork.HOST_INNER_V6 + "/128";
    private static final String SERVER_NETS = LabNetwork.SERVER_NET + ", " + LabNetwork.SERVER_NET_V6;
    private static final String HOST_ID = "host.lab";
    private static final String GATEWAY_ID = "gw.lab";

    public Site {
        peer = ordered(peer);
        policy = ordered(policy);
        further = ordered(further);
    }

    private static Map<String, String> ordered(Map<String, String> values) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** The appliance on the host with the application. */
    public static Site host(String secret) {
        return new Site(secret, Map.of(), Map.of(), Map.of())
                .withPeer("schema-version", "1")
                .withPeer("local-address", LabNetwork.HOST_OUTER)
                .withPeer("remote-address", LabNetwork.GATEWAY_OUTER)
                .withPeer("local-identity", HOST_ID)
                .withPeer("remote-identity", GATEWAY_ID)
                .common()
                .withPolicy("local", HOST_NETS)
                .withPolicy("remote", SERVER_NETS);
    }

    /** The appliance that is the second gateway. */
    public static Site gateway(String secret) {
        return new Site(secret, Map.of(), Map.of(), Map.of())
                .withPeer("schema-version", "1")
                .withPeer("local-address", LabNetwork.GATEWAY_OUTER)
                .withPeer("remote-address", LabNetwork.HOST_OUTER)
                .withPeer("local-identity", GATEWAY_ID)
                .withPeer("remote-identity", HOST_ID)
                .common()
                .withPolicy("local", SERVER_NETS)
                .withPolicy("remote", HOST_NETS);
    }

    private Site common() {
        return withPeer("auth", "psk")
                .withPeer("secret-file", SECRET_FILE)
                .withPeer("ike-proposals", "aes256gcm16-prfsha256-x25519")
                .withPeer("dpd-interval", "0s")
                .withPolicy("schema-version", "1")
                .withPolicy("order", "10")
                .withPolicy("action", "protect")
                .withPolicy("peer", PEER)
                .withPolicy("proposals", "aes256gcm16-esn-noesn")
                .withPolicy("hold-time", "5s");
    }

    public Site withSecret(String value) {
        return new Site(value, peer, policy, further);
    }

    /** Sets a key of the peer's file. */
    public Site withPeer(String key, String value) {
        return new Site(secret, changed(peer, key, value), policy, further);
    }

    /** Takes a key of the peer's file away. */
    public Site withoutPeer(String key) {
        Map<String, String> copy = new LinkedHashMap<>(peer);
        copy.remove(key);
        return new Site(secret, copy, policy, further);
    }

    /** Sets a key of the policy's file. */
    public Site withPolicy(String key, String value) {
        return new Site(secret, peer, changed(policy, key, value), further);
    }

    /** Adds a file below etc. */
    public Site withFile(String name, String content) {
        return new Site(secret, peer, policy, changed(further, name, content));
    }

    private static Map<String, String> changed(Map<String, String> values, String key, String value) {
        Map<String, String> copy = new LinkedHashMap<>(values);
        copy.put(key, value);
        return copy;
    }

    /** The socket where programs under the interceptor are handed over. */
    public static Path socket(Path base) {
        return base.resolve("run/interceptor.sock");
    }

    /** The socket of whoever keeps held calls while the appliance is away. */
    public static Path keeperSocket(Path base) {
        return Path.of(socket(base) + Appliance.KEEPER_SUFFIX);
    }

    /** The files below etc. */
    public Map<String, String> files(Path base) {
        Map<String, String> files = new LinkedHashMap<>();
        files.put(SECRET_FILE, secret);
        files.put(INTERCEPTOR_FILE, "socket = " + socket(base) + "\n");
        files.put(PEER_FILE, text(peer));
        files.put(POLICY_FILE, text(policy));
        files.putAll(further);
        return files;
    }

    private static String text(Map<String, String> values) {
        return values.entrySet().stream()
                .map(entry -> entry.getKey() + " = " + entry.getValue() + "\n")
                .collect(Collectors.joining());
    }
}
