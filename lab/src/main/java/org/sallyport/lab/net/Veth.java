package org.sallyport.lab.net;

/**
 * A pair of virtual Ethernet devices between two namespaces. UDP and TCP segmentation are off at both ends, so that a
 * capture on either sees every packet as it would be on a wire.
 */
public record Veth(Namespace left, String leftDevice, Namespace right, String rightDevice) {
    /** Creates the pair, both ends up. */
    public static Veth connect(Namespace left, String leftDevice, Namespace right, String rightDevice) {
        left.ip("link", "add", leftDevice, "type", "veth", "peer", "name", rightDevice, "netns", right.name());
        Veth pair = new Veth(left, leftDevice, right, rightDevice);
        plain(left, leftDevice);
        plain(right, rightDevice);
        left.ip("link", "set", leftDevice, "up");
        right.ip("link", "set", rightDevice, "up");
        return pair;
    }

    /** Gives both ends their addresses, each with its prefix length; IPv6 ones skip duplicate detection. */
    public Veth addresses(String leftAddress, String rightAddress) {
        address(left, leftDevice, leftAddress);
        address(right, rightDevice, rightAddress);
        return this;
    }

    private static void address(Namespace namespace, String device, String address) {
        if (address.contains(":")) {
            namespace.ip("address", "add", address, "dev", device, "nodad");
        } else {
            namespace.ip("address", "add", address, "dev", device);
        }
    }

    /** Lets both ends pass on super-packets, as the kernel makes them: who captures there sees those. */
    public void offload() {
        segmentation(left, leftDevice, "on");
        segmentation(right, rightDevice, "on");
    }

    private static void plain(Namespace namespace, String device) {
        segmentation(namespace, device, "off");
        namespace.command("ethtool", "-K", device, "gro", "off").check();
    }

    private static void segmentation(Namespace namespace, String device, String onOrOff) {
        namespace
                .command("ethtool", "-K", device, "tx-udp-segmentation", onOrOff, "tso", onOrOff, "gso", onOrOff)
                .check();
    }
}
