package org.sallyport.example.toy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;
import org.sallyport.api.admin.IkeInspection;
import org.sallyport.api.admin.IkeSaView;
import org.sallyport.api.negotiation.ConnectionEvent;
import org.sallyport.api.negotiation.ConnectionListener;
import org.sallyport.api.negotiation.Negotiation;
import org.sallyport.api.negotiation.NegotiationRequest;
import org.sallyport.api.negotiation.NegotiationResult;
import org.sallyport.api.negotiation.Negotiator;
import org.sallyport.api.negotiation.Pad;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.negotiation.SecretSource;
import org.sallyport.api.policy.Spd;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.Encapsulation;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.Path;
import org.sallyport.api.sa.SaTable;
import org.sallyport.crypto.CryptoRegistry;

/**
 * EXAMPLE. The negotiator as a service: policies that say {@code negotiator = toy} have their SAs made by it. It has one
 * thread and one UDP port; no call blocks.
 */
@Component(
        immediate = true,
        property = {Negotiator.NAME + "=" + Protocol.NAME, "service.ranking:Integer=-100"},
        configurationPid = "org.sallyport.example.toy",
        service = {Negotiator.class, IkeInspection.class})
@Designate(ocd = ToySettings.class)
public final class ToyNegotiator implements Negotiator, IkeInspection, Surroundings {
    private static final Duration LISTING = Duration.ofSeconds(1);

    private final SaTable table;
    private final Pad pad;
    private final Spd spd;
    private final SecretSource secrets;
    private final CryptoRegistry crypto;
    private final SecureRandom random = new SecureRandom();
    private final Loop loop;
    private final int port;

    @Reference(policy = ReferencePolicy.DYNAMIC, policyOption = ReferencePolicyOption.GREEDY)
    private volatile List<ConnectionListener> listeners = List.of();

    @Activate
    public ToyNegotiator(
            ToySettings settings,
            @Reference SaTable table,
            @Reference Pad pad,
            @Reference Spd spd,
            @Reference SecretSource secrets,
            @Reference CryptoRegistry crypto) {
        this.table = table;
        this.pad = pad;
        this.spd = spd;
        this.secrets = secrets;
        this.crypto = crypto;
        this.port = settings.port();
        this.loop = new Loop(port);
        loop.start(new Protocol(this));
    }

    /** Ends every pair, and tells the peers: nobody would look after them. */
    @Deactivate
    void stop() {
        loop.close();
    }

    // ---- what the appliance asks ----

    @Override
    public Negotiation negotiate(NegotiationRequest request, Duration deadline) {
        Ticket ticket = new Ticket(request, System.nanoTime() + deadline.toNanos());
        if (!loop.post(protocol -> protocol.negotiate(ticket, System.nanoTime()))) {
            ticket.settle(new NegotiationResult.Refused(
                    Reason.of(ReasonCode.NEGOTIATOR_FAILED, Protocol.NAME, "has too much to do")));
        }
        return ticket;
    }

    @Override
    public void rekey(ChildSaId lineage) {
        loop.post(protocol -> protocol.rekey(lineage, System.nanoTime()));
    }

    /** There is nothing above the pairs that could be replaced. */
    @Override
    public void rekey(IkeSaId ikeSa) {}

    @Override
    public void delete(ChildSaId lineage, Reason reason) {
        loop.post(protocol -> protocol.delete(lineage, reason));
    }

    @Override
    public void delete(IkeSaId ikeSa, Reason reason) {
        loop.post(protocol -> protocol.delete(ikeSa, reason));
    }

    @Override
    public List<IkeSaView> list() {
        CompletableFuture<List<IkeSaView>> views = new CompletableFuture<>();
        boolean asked = loop.post(protocol -> views.complete(protocol.standing().entrySet().stream()
                .map(e -> view(e.getKey(), e.getValue()))
                .toList()));
        return asked
                ? views.completeOnTimeout(List.of(), LISTING.toMillis(), TimeUnit.MILLISECONDS)
                        .join()
                : List.of();
    }

    private IkeSaView view(IkeSaId name, Conversation conversation) {
        return new IkeSaView(
                name,
                conversation.peer().remoteIdentity().toString(),
                "%016x".formatted(conversation.session()),
                "toy",
                conversation.initiator(),
                "established",
                "x25519, HMAC-SHA-256, AES-256-GCM",
                ":" + port + " > " + conversation.remote().getAddress().getHostAddress() + ":" + port,
                IkeSaView.Addresses.NONE,
                Duration.ZERO,
                Duration.ZERO);
    }

    // ---- what the protocol stands on ----

    @Override
    public SaTable table() {
        return table;
    }

    @Override
    public Pad pad() {
        return pad;
    }

    @Override
    public Spd spd() {
        return spd;
    }

    @Override
    public SecretSource secrets() {
        return secrets;
    }

    @Override
    public CryptoRegistry crypto() {
        return crypto;
    }

    @Override
    public SecureRandom random() {
        return random;
    }

    @Override
    public void send(InetSocketAddress to, byte[] datagram) {
        loop.send(to, datagram);
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void tell(ConnectionEvent event) {
        listeners.forEach(l -> l.happened(event));
    }

    /** ESP goes in UDP between the ports that the data plane listens on, whatever port this protocol has. */
    @Override
    public Path path(PadEntry peer, InetSocketAddress remote) {
        InetAddress local = peer.localAddress().orElseGet(() -> route(remote));
        return new Path(
                new InetSocketAddress(local, ESP_PORT),
                new InetSocketAddress(remote.getAddress(), ESP_PORT),
                "",
                Encapsulation.UDP,
                mtu(local));
    }

    /** Asks the kernel by which address a peer is reached; nothing is sent. */
    private static InetAddress route(InetSocketAddress remote) {
        try (DatagramSocket probe = new DatagramSocket()) {
            probe.connect(remote);
            return probe.getLocalAddress();
        } catch (IOException e) {
            throw new UncheckedIOException("there is no way to " + remote, e);
        }
    }

    private static int mtu(InetAddress local) {
        try {
            NetworkInterface found = NetworkInterface.getByInetAddress(local);
            return found == null ? 1280 : Math.clamp(found.getMTU(), 576, 65535);
        } catch (IOException e) {
            throw new UncheckedIOException("the interface of " + local + " has no MTU", e);
        }
    }
}
