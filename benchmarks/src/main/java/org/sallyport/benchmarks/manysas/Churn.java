package org.sallyport.benchmarks.manysas;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.AddressRange;
import org.sallyport.api.flow.Addresses;
import org.sallyport.api.flow.Selectors;
import org.sallyport.api.flow.TrafficSelector;
import org.sallyport.api.policy.Lifetimes;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.ConnectionId;
import org.sallyport.api.sa.Encapsulation;
import org.sallyport.api.sa.IkeSaId;
import org.sallyport.api.sa.IpsecProtocol;
import org.sallyport.api.sa.SaKeys;
import org.sallyport.api.sa.SaRefusedException;
import org.sallyport.api.sa.SaSpec;
import org.sallyport.api.sa.SaSuite;
import org.sallyport.api.sa.SaTable;
import org.sallyport.api.sa.SpiKey;
import org.sallyport.api.secret.SecretBytes;

/**
 * Adds, rekeys and removes pairs of SAs at an appliance's SA table at a fixed pace, as a negotiator would that has no
 * exchanges to wait for. Runs inside the appliance, from the start of its bundle to its stop; then it writes what it has
 * done into a file.
 */
public final class Churn {
    /** As many sessions of a negotiator, each of which does one thing at a time. */
    private static final int THREADS = 32;
    /** Pairs of one thread that stand, before they are rekeyed and again before they are removed. */
    private static final int AGE = 2;

    private static final int GCM = 20;
    private static final int KEY_OCTETS = 16;
    private static final int SALT_OCTETS = 4;

    private final LongAdder added = new LongAdder();
    private final LongAdder rekeyed = new LongAdder();
    private final LongAdder removed = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final AtomicInteger peerSpis = new AtomicInteger(1 << 20);
    private final List<Thread> threads = new ArrayList<>();
    private final SecureRandom random = new SecureRandom();
    private @Nullable SaTable table;
    private Map<String, Object> settings = Map.of();
    private volatile boolean over;
    private volatile String failure = "";
    private long began;

    /** A pair that stands. */
    record Standing(ChildSaId lineage, SaSpec spec, SpiKey inbound) {}

    /** Made by Declarative Services. */
    public Churn() {}

    /** The SA table. */
    public void table(SaTable value) {
        table = value;
    }

    /** Begins. */
    public void start(Map<String, Object> properties) {
        settings = Map.copyOf(properties);
        began = System.nanoTime();
        for (int i = 0; i < THREADS; i++) {
            int number = i;
            threads.add(Thread.ofVirtual().name("churn-" + i).start(() -> run(number)));
        }
    }

    /** Ends, removes what stands, and tells. */
    public void stop() throws InterruptedException, IOException {
        over = true;
        double seconds = (System.nanoTime() - began) / 1e9;
        String told = "added=%d rekeyed=%d removed=%d failed=%d seconds=%.3f %s%n"
                .formatted(added.sum(), rekeyed.sum(), removed.sum(), failed.sum(), seconds, failure);
        for (Thread thread : threads) {
            thread.join();
        }
        Files.writeString(Path.of(text("file")), told);
    }

    private String text(String key) {
        return String.valueOf(settings.get(key));
    }

    private void run(int number) {
        SaTable sas = table;
        if (sas == null) {
            return;
        }
        IkeSaId ikeSa = sas.openIkeSa(new ConnectionId(text("connection")));
        Deque<Standing> young = new ArrayDeque<>();
        Deque<Standing> grown = new ArrayDeque<>();
        long every = 1_000_000_000L * THREADS / Integer.parseInt(text("rate"));
        long next = System.nanoTime();
        for (int i = number; !over; i += THREADS) {
            next += every;
            try {
                step(sas, ikeSa, i, young, grown);
            } catch (SaRefusedException | RuntimeException e) {
                failed.increment();
                failure = e.toString();
            }
            LockSupport.parkNanos(next - System.nanoTime());
        }
        young.forEach(each -> sas.delete(each.inbound(), Reason.of(ReasonCode.SHUTTING_DOWN)));
        grown.forEach(each -> sas.delete(each.inbound(), Reason.of(ReasonCode.SHUTTING_DOWN)));
    }

    /** One is added; one that stands long enough is rekeyed (RFC 7296 section 2.8), and one that was is removed. */
    private void step(SaTable sas, IkeSaId ikeSa, int i, Deque<Standing> young, Deque<Standing> grown)
            throws SaRefusedException {
        ChildSaId lineage = sas.openLineage(ikeSa);
        young.add(up(sas, lineage, spec(lineage, i)));
        added.increment();
        if (young.size() > AGE) {
            Standing old = young.remove();
            grown.add(up(sas, old.lineage(), old.spec()));
            sas.retire(old.inbound());
            sas.delete(old.inbound(), Reason.of(ReasonCode.DELETED_BY_PEER, text("connection")));
            rekeyed.increment();
        }
        if (grown.size() > AGE) {
            sas.delete(grown.remove().inbound(), Reason.of(ReasonCode.DELETED_BY_PEER, text("connection")));
            removed.increment();
        }
    }

    private Standing up(SaTable sas, ChildSaId lineage, SaSpec spec) throws SaRefusedException {
        SpiKey inbound = sas.reserveSpi(IpsecProtocol.ESP);
        try (SaKeys keys = keys()) {
            sas.installInbound(inbound, spec, keys);
        }
        try (SaKeys keys = keys()) {
            sas.activateOutbound(inbound, peerSpis.incrementAndGet(), keys);
        }
        return new Standing(lineage, spec, inbound);
    }

    private SaKeys keys() {
        byte[] key = new byte[KEY_OCTETS];
        byte[] salt = new byte[SALT_OCTETS];
        random.nextBytes(key);
        random.nextBytes(salt);
        return new SaKeys(SecretBytes.owning(key), SecretBytes.owning(salt), SecretBytes.owning(new byte[0]));
    }

    private SaSpec spec(ChildSaId lineage, int i) {
        int first = ByteBuffer.wrap(Addresses.parse(text("first")).getAddress()).getInt();
        byte[] many = ByteBuffer.allocate(4).putInt(first + (i & 0xffff)).array();
        List<TrafficSelector> one = List.of(selector(text("inner")));
        List<TrafficSelector> other = List.of(selector(Addresses.of(many).getHostAddress()));
        return SaSpec.builder()
                .lineage(lineage)
                .policy(text("policy"))
                .peerIdentity(text("identity"))
                .selectors(Boolean.parseBoolean(text("host")) ? new Selectors(one, other) : new Selectors(other, one))
                .suite(new SaSuite(GCM, KEY_OCTETS * 8, 0, true))
                .path(new org.sallyport.api.sa.Path(
                        new InetSocketAddress(Addresses.parse(text("local")), 4500),
                        new InetSocketAddress(Addresses.parse(text("remote")), 4500),
                        "",
                        Encapsulation.UDP,
                        1500))
                .lifetimes(Lifetimes.DEFAULT)
                .initiator(true)
                .build();
    }

    private static TrafficSelector selector(String address) {
        return TrafficSelector.of(AddressRange.parse(address));
    }
}
