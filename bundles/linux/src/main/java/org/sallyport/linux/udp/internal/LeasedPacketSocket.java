package org.sallyport.linux.udp.internal;

import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import org.sallyport.api.flow.Addresses;
import org.sallyport.linux.ErrnoNames;
import org.sallyport.linux.Lease;
import org.sallyport.linux.internal.LeaseState;
import org.sallyport.linux.internal.PacketCalls;
import org.sallyport.linux.internal.Passage;
import org.sallyport.linux.udp.PacketSocket;
import org.sallyport.linux.udp.ReceiveBatch;
import org.sallyport.linux.udp.SendBatch;
import org.sallyport.linux.udp.UdpDestination;

/** A worker's socket through one lease: every call passes through the lease or is refused. */
public class LeasedPacketSocket implements PacketSocket {
    private final int descriptor;
    private final SocketFamily family;
    private final Passage receiving;
    private final Passage sending;
    private final PacketCalls receiveCalls = new PacketCalls(Arena.ofAuto());
    private final PacketCalls sendCalls = new PacketCalls(Arena.ofAuto());
    private final Destinations destinations = new Destinations();

    /**
     * @param descriptor of the kernel's socket
     * @param family of the socket
     */
    protected LeasedPacketSocket(int descriptor, SocketFamily family, LeaseState lease) {
        this.descriptor = descriptor;
        this.family = family;
        this.receiving = lease.newPassage();
        this.sending = lease.newPassage();
    }

    @Override
    public int receive(ReceiveBatch batch) {
        if (!receiving.enter()) {
            return Lease.REVOKED;
        }
        try {
            return receiveInto((KernelReceiveBatch) batch);
        } finally {
            receiving.leave();
        }
    }

    int receiveInto(KernelReceiveBatch batch) {
        batch.prepare();
        int result = receiveCalls.recvmmsg(
                descriptor, batch.messages().header(0), batch.capacity(), PacketCalls.MSG_DONTWAIT);
        if (result < 0 && result != -ErrnoNames.EAGAIN && result != -ErrnoNames.EINTR) {
            return result;
        }
        batch.filled(Math.max(result, 0));
        return batch.count();
    }

    @Override
    public int send(SendBatch batch) {
        KernelSendBatch filled = (KernelSendBatch) batch;
        if (!sending.enter()) {
            filled.clear();
            return Lease.REVOKED;
        }
        try {
            int datagrams = filled.datagrams();
            int sent = filled.flush(sendCalls, descriptor);
            return sent == 0 && datagrams > 0 ? -filled.lastErrno() : sent;
        } finally {
            sending.leave();
        }
    }

    @Override
    public UdpDestination destination(InetSocketAddress local, InetSocketAddress remote) {
        return destinations.of(local.getAddress(), remote, () -> newDestination(local, remote));
    }

    private KernelDestination newDestination(InetSocketAddress local, InetSocketAddress remote) {
        Arena arena = Arena.ofAuto();
        return new KernelDestination(
                family.name(arena, remote),
                family.source(arena, local.getAddress()),
                Addresses.isIpv4(remote.getAddress()));
    }

    @Override
    public ReceiveBatch newReceiveBatch(Arena arena, int capacity) {
        return new KernelReceiveBatch(arena, capacity);
    }

    @Override
    public SendBatch newSendBatch(Arena arena, int octets, boolean segmentation) {
        return new KernelSendBatch(arena, octets, segmentation);
    }

    @Override
    public int descriptor() {
        return descriptor;
    }
}
