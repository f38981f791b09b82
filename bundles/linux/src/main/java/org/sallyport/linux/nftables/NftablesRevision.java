package org.sallyport.linux.nftables;

import java.nio.ByteBuffer;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.MissingFeatureException;
import org.sallyport.linux.internal.netlink.Attributes;
import org.sallyport.linux.internal.netlink.MessageWriter;
import org.sallyport.linux.internal.netlink.NetlinkSocket;

/**
 * The number that the kernel gives to the packet filter rules of the network namespace of the thread that opened it, and
 * that goes up by one with every transaction of anybody's. So it tells at no cost that nothing has changed. Thread safe.
 */
public final class NftablesRevision implements AutoCloseable {
    private static final int SUBSYSTEM_NFTABLES = 10;
    private static final int GET_GENERATION = SUBSYSTEM_NFTABLES << 8 | 16;
    private static final int GENERATION_ID = 1;
    private static final int NETFILTER_HEADER = 4;

    private final NetlinkSocket socket;

    private NftablesRevision(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** Opens it in the calling thread's network namespace. */
    public static NftablesRevision open() {
        return new NftablesRevision(NetlinkSocket.open(NetlinkSocket.NETFILTER));
    }

    /**
     * Asks for the number.
     *
     * @throws MissingFeatureException when the kernel has no nftables
     */
    public int current() {
        try {
            ByteBuffer answer = socket.ask("nftables generation", new MessageWriter(GET_GENERATION, 0).word(0));
            int inNetworkOrder = Attributes.read(answer, MessageWriter.HEADER + NETFILTER_HEADER)
                    .word(GENERATION_ID)
                    .orElseThrow();
            return answer.order() == java.nio.ByteOrder.BIG_ENDIAN
                    ? inNetworkOrder
                    : Integer.reverseBytes(inNetworkOrder);
        } catch (LinuxException e) {
            MissingFeatureException missing = new MissingFeatureException(
                    "nftables in the kernel",
                    "protected traffic cannot be kept from leaving in clear",
                    "Use a kernel with CONFIG_NF_TABLES and CONFIG_NF_TABLES_INET.",
                    e.errno());
            missing.initCause(e);
            throw missing;
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
