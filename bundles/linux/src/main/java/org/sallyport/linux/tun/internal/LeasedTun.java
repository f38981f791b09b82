package org.sallyport.linux.tun.internal;

import java.util.List;
import org.sallyport.api.sa.Epoch;
import org.sallyport.linux.internal.LeaseState;
import org.sallyport.linux.tun.TunDevice;
import org.sallyport.linux.tun.TunLease;
import org.sallyport.linux.tun.TunQueue;

/** A lease on the queues of a device. */
final class LeasedTun implements TunLease {
    private final TunDevice device;
    private final LeaseState state;
    private final List<TunQueue> queues;

    LeasedTun(OpenTun opened, LeaseState state) {
        this.device = opened.device();
        this.state = state;
        this.queues = opened.files().stream()
                .<TunQueue>map(file -> new LeasedTunQueue(file.descriptor(), state))
                .toList();
    }

    @Override
    public TunDevice device() {
        return device;
    }

    @Override
    public List<TunQueue> queues() {
        return queues;
    }

    @Override
    public Epoch epoch() {
        return state.epoch();
    }

    @Override
    public boolean revoked() {
        return state.revoked();
    }

    @Override
    public void close() {
        state.close();
    }
}
