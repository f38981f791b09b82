package org.sallyport.linux.nftables;

import org.sallyport.linux.LinuxException;
import org.sallyport.linux.MissingFeatureException;
import org.sallyport.linux.internal.netlink.MulticastReader;
import org.sallyport.linux.internal.netlink.NetlinkSocket;

/**
 * Tells that somebody changed packet filter rules in the network namespace of the thread that opened it, on a thread of
 * its own. Never close it from its listener.
 */
public final class NftablesMonitor implements AutoCloseable {
    private static final int GROUP_NFTABLES = 7;

    private final MulticastReader reader;

    private NftablesMonitor(MulticastReader reader) {
        this.reader = reader;
    }

    /**
     * Starts to listen; changes after the return are told.
     *
     * @param listener called at once, one call at a time; also for changes of one's own
     * @throws MissingFeatureException when the kernel has no nftables
     */
    public static NftablesMonitor open(Runnable listener) {
        NetlinkSocket socket = open();
        return new NftablesMonitor(
                new MulticastReader("sallyport-nftables-monitor", socket, messages -> listener.run()));
    }

    private static NetlinkSocket open() {
        try {
            NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.NETFILTER);
            socket.join(GROUP_NFTABLES);
            return socket;
        } catch (LinuxException e) {
            MissingFeatureException missing = new MissingFeatureException(
                    "nftables in the kernel",
                    "the removal of the guard by others is not noticed",
                    "Use a kernel with CONFIG_NF_TABLES and CONFIG_NF_TABLES_INET.",
                    e.errno());
            missing.initCause(e);
            throw missing;
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
