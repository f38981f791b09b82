package org.sallyport.linux.udp.internal;

import org.sallyport.linux.internal.LeaseState;
import org.sallyport.linux.poll.Wakeup;
import org.sallyport.linux.udp.EspSocket;

/** A worker's socket on port 4500 through one lease. */
final class LeasedEspSocket extends LeasedPacketSocket implements EspSocket {
    private final EspEndpoint endpoint;

    LeasedEspSocket(EspEndpoint endpoint, LeaseState lease) {
        super(endpoint.socket().descriptor(), endpoint.socket().family(), lease);
        this.endpoint = endpoint;
        lease.whenEnded(() -> endpoint.wakeWith(null));
    }

    @Override
    int receiveInto(KernelReceiveBatch batch) {
        int received = super.receiveInto(batch);
        if (received < 0 || endpoint.strays().isEmpty()) {
            return received;
        }
        addStrays(batch);
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
    public void wakeWith(Wakeup wakeup) {
        endpoint.wakeWith(wakeup);
    }
}
