package org.sallyport.linux.tun;

import java.nio.charset.StandardCharsets;

/**
 * What a TUN device shall be. Immutable.
 *
 * @param name interface name, 1 to 15 octets of ASCII without blanks, slashes or colons
 * @param mtu MTU of inner packets in octets, 576 to 65535 (IPv6 needs 1280)
 * @param queues how many queues, 1 to 64
 */
public record TunSpec(String name, int mtu, int queues) {
    /** The appliance's device for protected traffic. */
    public static final String PROTECTED = "sallyport0";

    /** MTU for inner packets that leaves room for ESP in UDP in IPv6 on an Ethernet of 1500. */
    public static final int DEFAULT_MTU = 1400;

    public TunSpec {
        if (!name.matches("[!-~&&[^/:]]{1,15}") || name.getBytes(StandardCharsets.US_ASCII).length != name.length()) {
            throw new IllegalArgumentException(
                    "\"" + name + "\" is no interface name: 1 to 15 ASCII characters without blank, / or :");
        }
        if (mtu < 576 || mtu > 65_535) {
            throw new IllegalArgumentException("the MTU lies within 576 to 65535, not " + mtu);
        }
        if (queues < 1 || queues > 64) {
            throw new IllegalArgumentException("1 to 64 queues, not " + queues);
        }
    }

    /** The appliance's device with the default MTU. */
    public static TunSpec standard(int queues) {
        return new TunSpec(PROTECTED, DEFAULT_MTU, queues);
    }
}
