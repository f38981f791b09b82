package org.sallyport.lab.peer;

import java.nio.file.Path;
import java.time.Duration;
import org.sallyport.lab.topology.LabNetwork;

/**
 * How a strongSwan peer is configured. Immutable; {@code with…} answers a changed copy.
 *
 * @param local its outer address
 * @param remote the other side's outer address
 * @param localId its identity
 * @param remoteId the identity it expects
 * @param secret the pre-shared key
 * @param localSelectors what it protects, comma-separated
 * @param remoteSelectors what the other side protects, comma-separated
 * @param ikeProposals in strongSwan's notation
 * @param espProposals in strongSwan's notation; its user-space data plane has no extended sequence numbers
 * @param deadPeerDelay how long silence may last before it asks; zero for never
 * @param childRekey when it rekeys Child SAs by itself; zero for never
 * @param daemonExtra further lines of strongswan.conf's daemon section, with {@link #DIRECTORY} for where its files are
 * @param proof how it proves its identity, as lines of swanctl's local section
 */
public record StrongSwanSettings(
        String local,
        String remote,
        String localId,
        String remoteId,
        String secret,
        String localSelectors,
        String remoteSelectors,
        String ikeProposals,
        String espProposals,
        Duration deadPeerDelay,
        Duration childRekey,
        String daemonExtra,
        String proof) {
    /** Stands for the directory with its files. */
    static final String DIRECTORY = "{directory}";

    /** Where it notes every key that it derives, below its directory. */
    static final String KEY_LOG = "keys.log";

    private static final String IKE = "aes256gcm16-prfsha256-x25519";
    private static final String ESP = "aes256gcm16";
    private static final String PSK = "auth = psk";

    /** The gateway of the lab, towards the host. */
    public static StrongSwanSettings gateway(String secret) {
        return new StrongSwanSettings(
                LabNetwork.GATEWAY_OUTER,
                LabNetwork.HOST_OUTER,
                "gw.lab",
                "host.lab",
                secret,
                LabNetwork.SERVER_NET + "," + LabNetwork.SERVER_NET_V6,
                LabNetwork.HOST_INNER + "/32," + LabNetwork.HOST_INNER_V6 + "/128",
                IKE,
                ESP,
                Duration.ZERO,
                Duration.ZERO,
                "",
                PSK);
    }

    /** The host of the lab, towards the gateway. */
    public static StrongSwanSettings host(String secret) {
        return new StrongSwanSettings(
                LabNetwork.HOST_OUTER,
                LabNetwork.GATEWAY_OUTER,
                "host.lab",
                "gw.lab",
                secret,
                LabNetwork.HOST_INNER + "/32," + LabNetwork.HOST_INNER_V6 + "/128",
                LabNetwork.SERVER_NET + "," + LabNetwork.SERVER_NET_V6,
                IKE,
                ESP,
                Duration.ZERO,
                Duration.ZERO,
                "",
                PSK);
    }

    /** The branch, towards the host. */
    public static StrongSwanSettings branch(String secret) {
        return new StrongSwanSettings(
                LabNetwork.BRANCH_OUTER,
                LabNetwork.HOST_OUTER,
                "branch.lab",
                "host.lab",
                secret,
                LabNetwork.BRANCH_NET,
                LabNetwork.HOST_INNER + "/32",
                IKE,
                ESP,
                Duration.ZERO,
                Duration.ZERO,
                "",
                PSK);
    }

    public StrongSwanSettings withSecret(String value) {
        return new StrongSwanSettings(
                local,
                remote,
                localId,
                remoteId,
                value,
                localSelectors,
                remoteSelectors,
                ikeProposals,
                espProposals,
                deadPeerDelay,
                childRekey,
                daemonExtra,
                proof);
    }

    /** Lets it say that it is somebody else. */
    public StrongSwanSettings withLocalId(String value) {
        return new StrongSwanSettings(
                local,
                remote,
                value,
                remoteId,
                secret,
                localSelectors,
                remoteSelectors,
                ikeProposals,
                espProposals,
                deadPeerDelay,
                childRekey,
                daemonExtra,
                proof);
    }

    /** Lets it prove its identity with a certificate, whose key it was {@linkplain StrongSwan#giveKey given}. */
    public StrongSwanSettings withCertificate(Path certificate) {
        return new StrongSwanSettings(
                local,
                remote,
                localId,
                remoteId,
                secret,
                localSelectors,
                remoteSelectors,
                ikeProposals,
                espProposals,
                deadPeerDelay,
                childRekey,
                daemonExtra,
                "auth = pubkey\ncerts = " + certificate);
    }

    /** Lets the other side come from another address, or from {@code %any}. */
    public StrongSwanSettings withRemote(String value) {
        return new StrongSwanSettings(
                local,
                value,
                localId,
                remoteId,
                secret,
                localSelectors,
                remoteSelectors,
                ikeProposals,
                espProposals,
                deadPeerDelay,
                childRekey,
                daemonExtra,
                proof);
    }

    public StrongSwanSettings withProposals(String ike, String esp) {
        return new StrongSwanSettings(
                local,
                remote,
                localId,
                remoteId,
                secret,
                localSelectors,
                remoteSelectors,
                ike,
                esp,
                deadPeerDelay,
                childRekey,
                daemonExtra,
                proof);
    }

    public StrongSwanSettings withDeadPeerDelay(Duration value) {
        return new StrongSwanSettings(
                local,
                remote,
                localId,
                remoteId,
                secret,
                localSelectors,
                remoteSelectors,
                ikeProposals,
                espProposals,
                value,
                childRekey,
                daemonExtra,
                proof);
    }

    /** Lets it note every key that it derives, for {@link StrongSwan#keys}. */
    public StrongSwanSettings withKeyLog() {
        return withDaemonExtra("""
                filelog {
                  keys {
                    path = %s/%s
                    flush_line = yes
                    default = -1
                    ike = 4
                    chd = 4
                  }
                }
                """.formatted(DIRECTORY, KEY_LOG));
    }

    /** Has strongswan.conf's daemon section say this besides. */
    public StrongSwanSettings withDaemonExtra(String value) {
        return new StrongSwanSettings(
                local,
                remote,
                localId,
                remoteId,
                secret,
                localSelectors,
                remoteSelectors,
                ikeProposals,
                espProposals,
                deadPeerDelay,
                childRekey,
                value,
                proof);
    }

    /** As text for swanctl, with the names that {@link StrongSwan} uses. */
    public String swanctl() {
        return swanctl(StrongSwan.CONNECTION, StrongSwan.CHILD);
    }

    private String swanctl(String connection, String child) {
        return """
                connections {
                  %s {
                    version = 2
                    local_addrs = %s
                    remote_addrs = %s
                    proposals = %s
                    encap = yes
                    mobike = no
                    rekey_time = 0s
                    dpd_delay = %ds
                    unique = replace
                    local {
                      %s
                      id = %s
                    }
                    remote {
                      auth = psk
                      id = %s
                    }
                    children {
                      %s {
                        local_ts = %s
                        remote_ts = %s
                        esp_proposals = %s
                        rekey_time = %ds
                        dpd_action = clear
                        start_action = none
                        close_action = none
                      }
                    }
                  }
                }
                secrets {
                  ike-%s {
                    id-local = %s
                    id-remote = %s
                    secret = "%s"
                  }
                }
                """.formatted(
                        connection,
                        local,
                        remote,
                        ikeProposals,
                        deadPeerDelay.toSeconds(),
                        proof,
                        localId,
                        remoteId,
                        child,
                        localSelectors,
                        remoteSelectors,
                        espProposals,
                        childRekey.toSeconds(),
                        connection,
                        localId,
                        remoteId,
                        secret);
    }
}
