package org.sallyport.benchmarks.handshakes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.sallyport.lab.net.Namespace;
import org.sallyport.lab.process.Background;
import org.sallyport.lab.process.Command;
import org.sallyport.lab.process.CommandFailedException;
import org.sallyport.lab.process.Wait;

/**
 * Debian's strongSwan at its best: OpenSSL for all algorithms, its user-space data plane, no routes for each Child SA, no
 * cookies. It logs what it logs unless it is told otherwise, but into a file, without waiting for each line to be written.
 */
final class Charon implements Responder {
    private static final int SILENT = -1;
    private static final int USUAL = 1;
    private static final Duration START = Duration.ofSeconds(20);
    private static final String PLUGINS =
            "random nonce openssl pem pkcs1 pkcs8 x509 pubkey constraints kernel-libipsec kernel-netlink socket-default vici"
                    + " hmac kdf sha1 sha2 aes gcm";

    private final Namespace place;
    private final String address;
    private final Background charon;

    private Charon(Namespace place, String address, Background charon) {
        this.place = place;
        this.address = address;
        this.charon = charon;
    }

    /**
     * Starts one and waits until it has its connections.
     *
     * @param silent whether it writes nothing to its log
     */
    static Charon start(Namespace place, String address, Path folder, Path certificates, boolean silent) {
        try {
            Files.createDirectories(folder.resolve("swanctl/x509"));
            Files.createDirectories(folder.resolve("swanctl/x509ca"));
            Files.createDirectories(folder.resolve("swanctl/private"));
            copy(certificates, Certificates.AUTHORITY, folder.resolve("swanctl/x509ca"));
            copy(certificates, Certificates.RESPONDER, folder.resolve("swanctl/x509"));
            copy(certificates, Certificates.RESPONDER_KEY, folder.resolve("swanctl/private"));
            Files.writeString(folder.resolve("strongswan.conf"), daemon(folder, silent ? SILENT : USUAL));
            Files.writeString(folder.resolve("swanctl/swanctl.conf"), connections(address));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Background process = Background.start(
                folder.resolve("charon.out"),
                Map.of("STRONGSWAN_CONF", folder.resolve("strongswan.conf").toString()),
                Cores.responder(place)
                        .inside(List.of(
                                "unshare",
                                "--mount",
                                "--propagation",
                                "private",
                                "sh",
                                "-c",
                                "mount -t tmpfs tmpfs /run && exec charon-systemd")));
        Charon charon = new Charon(place, address, process);
        Wait.until("strongSwan's control socket", START, () -> {
            if (!process.isAlive()) {
                throw new CommandFailedException("strongSwan ended: " + process.output());
            }
            return Files.exists(folder.resolve("vici"));
        });
        Command.of(place.inside(List.of("swanctl", "--load-all", "--noprompt", "--uri", "unix://" + folder + "/vici")))
                .with("STRONGSWAN_CONF", folder.resolve("strongswan.conf").toString())
                .with("SWANCTL_DIR", folder.resolve("swanctl").toString())
                .check();
        return charon;
    }

    private static void copy(Path from, String name, Path to) throws IOException {
        Files.copy(from.resolve(name), to.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    private static String daemon(Path folder, int level) {
        return """
                charon-systemd {
                  load = %s
                  install_routes = no
                  install_virtual_ip = no
                  cookie_threshold = 0
                  block_threshold = 0
                  init_limit_half_open = 0
                  plugins {
                    vici {
                      socket = unix://%s/vici
                    }
                  }
                  filelog {
                    charon {
                      path = %s/charon.log
                      default = %d
                    }
                  }
                  journal {
                    default = -1
                  }
                  syslog {
                    daemon {
                      default = -1
                    }
                    auth {
                      default = -1
                    }
                  }
                }
                swanctl {
                  load = random openssl pem pkcs1 pkcs8 x509 pubkey
                }
                """.formatted(PLUGINS, folder, folder, level);
    }

    private static String connections(String address) {
        return """
                connections {
                  %s
                  %s
                }
                secrets {
                  ike-load {
                    secret = "%s"
                  }
                }
                """.formatted(
                connection(
                        "psk", address, Clients.PSK_ADDRESSES, "auth = psk", "auth = psk\nid = *" + Clients.PSK_DOMAIN),
                connection(
                        "ecdsa",
                        address,
                        Clients.CERTIFIED_ADDRESSES,
                        "auth = pubkey\ncerts = " + Certificates.RESPONDER,
                        "auth = pubkey\nid = " + Clients.CERTIFIED + "\ncacerts = " + Certificates.AUTHORITY),
                Clients.SECRET);
    }

    private static String connection(String name, String address, String clients, String local, String remote) {
        return """
                %s {
                  version = 2
                  local_addrs = %s
                  remote_addrs = %%any
                  proposals = %s
                  encap = yes
                  mobike = no
                  unique = never
                  rekey_time = 0s
                  dpd_delay = 0s
                  local {
                    id = %s
                    %s
                  }
                  remote {
                    %s
                  }
                  children {
                    %s {
                      local_ts = %s
                      remote_ts = %s
                      esp_proposals = %s
                      rekey_time = 0s
                    }
                  }
                }
                """.formatted(
                        name,
                        address,
                        LoadSuite.IKE_WORDS,
                        Clients.RESPONDER,
                        local,
                        remote,
                        name,
                        Clients.BEHIND_RESPONDER,
                        clients,
                        LoadSuite.ESP_WORDS);
    }

    @Override
    public long pid() {
        return charon.pid();
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
        charon.close();
    }
}
