package org.sallyport.spd.internal.kernel;

import org.sallyport.spd.Samples;
import org.sallyport.spd.TestNamespace;
import org.sallyport.spd.internal.config.Configuration;
import org.sallyport.spd.internal.config.ConfigurationFile;

/** A host with an application, and a far side that would answer in clear: 10.1.0.1 and fd01::1, 10.2.0.1 and fd02::1. */
final class GuardedHost implements AutoCloseable {
    final TestNamespace host = new TestNamespace();
    final TestNamespace far = new TestNamespace();
    final Kernel kernel;
    final Enforcer enforcer;

    GuardedHost() {
        host.connect("v0", far, "v1");
        for (String address : new String[] {"192.0.2.1/24", "10.1.0.1/24"}) {
            host.ip("addr add " + address + " dev v0");
        }
        for (String address : new String[] {"192.0.2.2/24", "10.2.0.1/24", "10.3.0.1/24"}) {
            far.ip("addr add " + address + " dev v1");
        }
        host.ip("addr add fd09::1/64 dev v0 nodad");
        host.ip("addr add fd01::1/64 dev v0 nodad");
        far.ip("addr add fd09::2/64 dev v1 nodad");
        far.ip("addr add fd02::1/64 dev v1 nodad");
        host.ip("route add default via 192.0.2.2");
        far.ip("route add default via 192.0.2.1");
        host.ip("-6 route add default via fd09::2");
        far.ip("-6 route add default via fd09::1");
        for (String device : new String[] {"all", "default", "v0"}) {
            host.exec("sysctl -qw net.ipv4.conf." + device + ".rp_filter=1");
        }
        kernel = host.in(Kernel::open);
        enforcer = new Enforcer(kernel);
    }

    void enforce(ConfigurationFile... files) {
        Configuration configuration = Samples.sound(files);
        host.in(() -> {
            enforcer.tighten(configuration.policies(), configuration.peers(), configuration.enforcement());
            enforcer.settle();
            return true;
        });
    }

    /** Leaves the guard alone between the flow and the wire. */
    void removeDivert() {
        removeRules("proto 83");
    }

    /** Takes the routing rules away in whose line this stands. */
    void removeRules(String words) {
        for (String family : new String[] {"-4", "-6"}) {
            host.ip(family + " rule show")
                    .lines()
                    .filter(line -> line.contains(words))
                    .forEach(line -> host.ip(family + " rule del pref " + line.substring(0, line.indexOf(':'))));
        }
    }

    /** Takes the rules of a chain of the guard away in whose line this stands; there has to be one. */
    void removeFilters(String chain, String words) {
        long removed = host.exec("nft -a list chain inet sallyport_guard " + chain)
                .lines()
                .filter(line -> line.contains(words) && line.contains("# handle "))
                .peek(line -> host.exec("nft delete rule inet sallyport_guard " + chain + " handle "
                        + line.substring(line.lastIndexOf(' ') + 1)))
                .count();
        if (removed == 0) {
            throw new IllegalStateException("no rule of " + chain + " has " + words);
        }
    }

    @Override
    public void close() {
        kernel.close();
        host.close();
        far.close();
    }
}
