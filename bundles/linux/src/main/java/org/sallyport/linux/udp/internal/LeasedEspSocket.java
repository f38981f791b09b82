package org.sallyport.linux.udp.internal;

import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import org.sallyport.api.flow.Addresses;
import org.sallyport.linux.ErrnoNames;
import org.sallyport.linux.Lease;
import org.sallyport.linux.internal.LeaseState;
import org.sallyport.linux.internal.PacketCalls;
import org.sallyport.linux.internal.Passage;
import org.sallyport.linux.poll.Wakeup;
import org.sallyport.linux.udp.EspSocket;
import org.sallyport.linux.udp.ReceiveBatch;
import org.sallyport.linux.udp.SendBatch;
import org.sallyport.linux.udp.UdpDestination;

/** A worker's socket through one lease: every call passes through the lease or is refused. */
final class LeasedEspSocket implements EspSocket {
    private final EspEndpoint endpoint;
    private final Passage receiving;
    private final Passage sending;
    private final PacketCalls receiveCalls = new PacketCalls(Arena.ofAuto());
    private final PacketCalls sendCalls = new PacketCalls(Arena.ofAuto());
    private final Destinations destinations = new Destinations();

    LeasedEspSocket(EspEndpoint endpoint, LeaseState lease) {
        this.endpoint = endpoint;
        this.receiving = lease.newPassage();
        this.sending = lease.newPassage();
        lease.whenEnded(() -> endpoint.wakeWith(null));
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

    private int receiveInto(KernelReceiveBatch batch) {
        batch.prepare();
        int result = receiveCalls.recvmmsg(
                endpoint.socket().descriptor(), batch.messages().header(0), batch.capacity(), PacketCalls.MSG_DONTWAIT);
        if (result < 0 && result != -ErrnoNames.EAGAIN && result != -ErrnoNames.EINTR) {
            return result;
        }
        batch.filled(Math.max(result, 0));
        if (!endpoint.strays().isEmpty()) {
            addStrays(batch);
        }
        return batch.count();
    }

    private void addStrays(KernelReceiveBatch batch) {
        while (batch.count() < batch.capacity()) {
            StrayQueue.Stray stray = endpoint.strays().poll();
            if (stray == null || !batch.add(stray)) {
                return;
            }
        }
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
            int sent = filled.flush(sendCalls, endpoint.socket().descriptor());
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
        SocketFamily family = endpoint.socket().family();
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
    public void wakeWith(Wakeup wakeup) {
        endpoint.wakeWith(wakeup);
    }

    @Override
    public int descriptor() {
        return endpoint.socket().descriptor();
    }
}
