package org.sallyport.linux.tcp.internal;

import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.sallyport.api.sa.Epoch;
import org.sallyport.linux.internal.LeaseGrants;
import org.sallyport.linux.internal.LeaseState;
import org.sallyport.linux.tcp.EspStreamLease;
import org.sallyport.linux.tcp.IkeStreamLease;
import org.sallyport.linux.tcp.TcpStreams;

/** The listener, the connections, and the two leases on them. */
@Component(immediate = true)
public final class KernelTcpStreams implements TcpStreams {
    private static final int MAX_WORKERS = 64;

    private final LeaseGrants ikeGrants = new LeaseGrants("IKE's streams");
    private final LeaseGrants espGrants = new LeaseGrants("ESP's streams");
    private final IkeInbox inbox = new IkeInbox();
    private final Keeper keeper = new Keeper(inbox::reopened, this::read);
    private final int port;
    private List<StreamReader> readers = List.of();

    @Activate
    public KernelTcpStreams() {
        this(PORT);
    }

    KernelTcpStreams(int port) {
        this.port = port;
        keeper.start();
    }

    StreamTable table() {
        return keeper.table();
    }

    /** Closes every connection. */
    @Deactivate
    public void close() {
        ikeGrants.revoke();
        espGrants.revoke();
        keeper.close();
        readers.forEach(StreamReader::close);
    }

    @Override
    public Epoch nextEpoch() {
        Epoch ike = ikeGrants.next();
        Epoch esp = espGrants.next();
        return ike.compareTo(esp) > 0 ? ike : esp;
    }

    @Override
    public IkeStreamLease leaseIke(Epoch epoch, Runnable onRevoked) {
        return new LeasedIkeStreams(ikeGrants.grant(epoch, onRevoked), keeper, inbox, port);
    }

    @Override
    public EspStreamLease leaseEsp(Epoch epoch, int workers, Runnable onRevoked) {
        if (workers < 1 || workers > MAX_WORKERS) {
            throw new IllegalArgumentException("1 to " + MAX_WORKERS + " workers, not " + workers);
        }
        List<StreamReader> existing = readers(workers);
        LeaseState state = espGrants.grant(epoch, onRevoked);
        return new LeasedEspStreams(state, keeper.table(), existing);
    }

    private synchronized List<StreamReader> readers(int workers) {
        if (readers.isEmpty()) {
            List<StreamReader> made = new ArrayList<>();
            for (int i = 0; i < workers; i++) {
                made.add(new StreamReader(keeper.table(), inbox));
            }
            readers = List.copyOf(made);
            keeper.table().connections().forEach(this::read);
        }
        if (readers.size() != workers) {
            throw new IllegalArgumentException("streams are spread over " + readers.size()
                    + " workers until this bundle restarts; " + workers + " were asked for");
        }
        return readers;
    }

    private synchronized void read(Connection connection) {
        if (!readers.isEmpty()) { // else it is found once there is somebody to read
            connection.whileOpen(
                    () -> readers.get(connection.number() % readers.size()).add(connection));
        }
    }
}
