package org.sallyport.lab.appliance;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.sallyport.lab.topology.LabNetwork;

/**
 * What one appliance of the lab is told: its peer, one policy, and where its socket is. Immutable; {@code with…} answers
 * a changed copy.
 *
 * @param localAddress its outer address
 * @param remoteAddress the peer's outer address
 * @param localId its identity
 * @param remoteId the peer's identity
 * @param secret the pre-shared key
 * @param localNets what it protects, comma-separated
 * @param remoteNets what the peer protects, comma-separated
 * @param ikeProposals for the IKE SA
 * @param espProposals for the Child SA
 * @param holdSeconds how long a request is held
 * @param deadPeerSeconds how long silence lasts before the peer is asked; 0 for never
 */
public record Site(
        String localAddress,
        String remoteAddress,
        String localId,
        String remoteId,
        String secret,
        String localNets,
        String remoteNets,
        String ikeProposals,
        String espProposals,
        int holdSeconds,
        int deadPeerSeconds) {
    /** The name of the peer, and so of the connection. */
    public static final String PEER = "gw";
    /** The name of the policy. */
    public static final String POLICY = "lab";
    /** The file with the peer. */
    public static final String PEER_FILE = "org.sallyport.peer-" + PEER + ".cfg";
    /** The file with the policy. */
    public static final String POLICY_FILE = "org.sallyport.policy-" + POLICY + ".cfg";

    private static final String SECRET_FILE = "secrets/" + PEER + ".psk";
    private static final String IKE = "aes256gcm16-prfsha256-x25519";
    private static final String ESP = "aes256gcm16-esn-noesn";
    private static final String HOST_NETS = LabNetwork.HOST_INNER + "/32," + LabNetwork.HOST_INNER_V6 + "/128";
    private static final String SERVER_NETS = LabNetwork.SERVER_NET + "," + LabNetwork.SERVER_NET_V6;

    /** The appliance on the host with the application. */
    public static Site host(String secret) {
        return new Site(
                LabNetwork.HOST_OUTER,
                LabNetwork.GATEWAY_OUTER,
                "host.lab",
                "gw.lab",
                secret,
                HOST_NETS,
                SERVER_NETS,
                IKE,
                ESP,
                5,
                0);
    }

    /** The appliance that is the second gateway. */
    public static Site gateway(String secret) {
        return new Site(
                LabNetwork.GATEWAY_OUTER,
                LabNetwork.HOST_OUTER,
                "gw.lab",
                "host.lab",
                secret,
                SERVER_NETS,
                HOST_NETS,
                IKE,
                ESP,
                5,
                0);
    }

    public Site withSecret(String value) {
        return new Site(
                localAddress,
                remoteAddress,
                localId,
                remoteId,
                value,
                localNets,
                remoteNets,
                ikeProposals,
                espProposals,
                holdSeconds,
                deadPeerSeconds);
    }

    public Site withRemoteAddress(String value) {
        return new Site(
                localAddress,
                value,
                localId,
                remoteId,
                secret,
                localNets,
                remoteNets,
                ikeProposals,
                espProposals,
                holdSeconds,
                deadPeerSeconds);
    }

    public Site withProposals(String ike, String esp) {
        return new Site(
                localAddress,
                remoteAddress,
                localId,
                remoteId,
                secret,
                localNets,
                remoteNets,
                ike,
                esp,
                holdSeconds,
                deadPeerSeconds);
    }

    public Site withDeadPeerSeconds(int value) {
        return new Site(
                localAddress,
                remoteAddress,
                localId,
                remoteId,
                secret,
                localNets,
                remoteNets,
                ikeProposals,
                espProposals,
                holdSeconds,
                value);
    }

    /** The socket where programs under the interceptor are handed over. */
    public static Path socket(Path base) {
        return base.resolve("run/interceptor.sock");
    }

    /** The files below etc. */
    public Map<String, String> files(Path base) {
        Map<String, String> files = new LinkedHashMap<>();
        files.put(SECRET_FILE, secret);
        files.put(PEER_FILE, peer());
        files.put(POLICY_FILE, policy());
        files.put("org.sallyport.interceptor.cfg", "socket = " + socket(base) + "\n");
        return files;
    }

    private String peer() {
        return """
                schema-version = 1
                local-address = %s
                remote-address = %s
                local-identity = %s
                remote-identity = %s
                auth = psk
                secret-file = %s
                ike-proposals = %s
                dpd-interval = %ds
                """.formatted(
                        localAddress, remoteAddress, localId, remoteId, SECRET_FILE, ikeProposals, deadPeerSeconds);
    }

    private String policy() {
        return """
                schema-version = 1
                order = 10
                action = protect
                local = %s
                remote = %s
                peer = %s
                proposals = %s
                hold-time = %ds
                """.formatted(localNets, remoteNets, PEER, espProposals, holdSeconds);
    }
}
