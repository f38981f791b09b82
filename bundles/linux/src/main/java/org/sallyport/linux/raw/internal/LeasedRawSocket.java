package org.sallyport.linux.raw.internal;

import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import org.sallyport.linux.internal.LeaseState;
import org.sallyport.linux.udp.SendBatch;
import org.sallyport.linux.udp.UdpDestination;
import org.sallyport.linux.udp.internal.LeasedPacketSocket;

/** A worker's raw socket through one lease. */
final class LeasedRawSocket extends LeasedPacketSocket {
    LeasedRawSocket(KernelRawSocket socket, LeaseState lease) {
        super(socket.descriptor(), socket.family(), lease);
    }

    /** The kernel takes a port for a protocol number. */
    @Override
    public UdpDestination destination(InetSocketAddress local, InetSocketAddress remote) {
        return super.destination(local, new InetSocketAddress(remote.getAddress(), 0));
    }

    @Override
    public SendBatch newSendBatch(Arena arena, int octets, boolean segmentation) {
        return super.newSendBatch(arena, octets, false);
    }
}
