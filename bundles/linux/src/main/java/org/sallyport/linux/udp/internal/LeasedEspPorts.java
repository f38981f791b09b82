package org.sallyport.linux.udp.internal;

import static org.sallyport.linux.memory.RawMemory.copyOut;

import java.util.List;
import org.sallyport.api.sa.Epoch;
import org.sallyport.linux.internal.LeaseState;
import org.sallyport.linux.udp.EspPortLease;
import org.sallyport.linux.udp.EspSocket;
import org.sallyport.linux.udp.ReceiveBatch;

/** ESP's lease: the workers' sockets. */
final class LeasedEspPorts implements EspPortLease {
    private final LeaseState state;
    private final SharedPort port;
    private final List<EspSocket> sockets;

    LeasedEspPorts(LeaseState state, SharedPort port, List<EspEndpoint> endpoints) {
        this.state = state;
        this.port = port;
        this.sockets = endpoints.stream()
                .<EspSocket>map(endpoint -> new LeasedEspSocket(endpoint, state))
                .toList();
    }

    @Override
    public List<EspSocket> sockets() {
        return sockets;
    }

    @Override
    public void passToIke(ReceiveBatch batch, int index, int offset, int length) {
        state.requireStanding();
        MessageVector messages = ((KernelReceiveBatch) batch).messages();
        byte[] name = new byte[messages.nameLength(index)];
        copyOut(messages.name(index), name, 0, name.length);
        byte[] control = new byte[(int) messages.controlLength(index)];
        copyOut(messages.control(index), control, 0, control.length);
        byte[] datagram = new byte[length];
        copyOut(batch.address(index) + offset, datagram, 0, length);
        port.strayIke(new StrayQueue.Stray(name, control, datagram));
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
