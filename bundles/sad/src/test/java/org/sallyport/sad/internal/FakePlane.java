package org.sallyport.sad.internal;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.ChildSaId;
import org.sallyport.api.sa.DataPlane;
import org.sallyport.api.sa.InstalledSa;
import org.sallyport.api.sa.SaPairHandle;
import org.sallyport.api.sa.SaRefusedException;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.api.sa.SpiKey;

/** A data plane that notes what it is told and checks that it is told in order. */
class FakePlane implements DataPlane {
    final List<String> calls = new ArrayList<>();
    final Map<SpiKey, InstalledSa> inbound = new HashMap<>();
    final Map<Long, InstalledSa> outbound = new HashMap<>();
    final Map<Flow, ChildSaId> bindings = new HashMap<>();
    final Set<SpiKey> reserved = new HashSet<>();
    int workers = 1;
    boolean refusesInbound;
    boolean refusesOutbound;
    boolean fails;
    boolean failsToRemove;
    boolean caughtUp;

    @Override
    public int workers() {
        return workers;
    }

    @Override
    public synchronized void reserve(SpiKey spi) {
        if (inbound.containsKey(spi)) {
            throw new AssertionError(spi + " was reserved after it was installed");
        }
        reserved.add(spi);
    }

    @Override
    public synchronized void release(SpiKey spi) {
        reserved.remove(spi);
    }

    @Override
    public synchronized void installInbound(InstalledSa sa) throws SaRefusedException {
        note("install " + sa.key());
        if (refusesInbound) {
            throw new SaRefusedException(Reason.of(ReasonCode.CAPABILITY_ABSENT, "this cipher", "install a provider"));
        }
        if (fails) {
            throw new IllegalStateException("broken");
        }
        reserved.remove(sa.key());
        if (inbound.put(sa.key(), sa) != null) {
            throw new AssertionError(sa.key() + " was installed twice");
        }
    }

    @Override
    public synchronized SaPairHandle activateOutbound(InstalledSa in, InstalledSa out) throws SaRefusedException {
        note("activate " + out.key());
        if (refusesOutbound) {
            throw new SaRefusedException(Reason.of(ReasonCode.CAPABILITY_ABSENT, "this cipher", "install a provider"));
        }
        if (!inbound.containsKey(in.key())) {
            throw new AssertionError(out.key() + " was activated before its inbound SA");
        }
        outbound.put(out.slot().address(), out);
        return new SaPairHandle(in.lineage(), in.key(), out.key());
    }

    @Override
    public synchronized void retire(InstalledSa out) {
        note("retire " + out.key());
    }

    @Override
    public synchronized void remove(InstalledSa sa) {
        note("remove " + sa.key());
        if (failsToRemove) {
            throw new IllegalStateException("stuck");
        }
        if (sa.equals(inbound.get(sa.key())) || outbound.containsKey(sa.slot().address())) {
            requireKeys(sa);
        }
        inbound.remove(sa.key(), sa);
        outbound.remove(sa.slot().address(), sa);
    }

    /** While a data plane knows an SA its keys stand: wiped ones would be known ones. */
    private static void requireKeys(InstalledSa sa) {
        if (sa.slot().get(JAVA_BYTE, SaSlotLayout.CIPHER_KEY) == 0) {
            throw new AssertionError(sa.key() + " was wiped before it was removed");
        }
    }

    @Override
    public synchronized void bind(Flow flow, ChildSaId lineage) {
        bindings.put(flow, lineage);
    }

    @Override
    public synchronized void unbind(Flow flow) {
        bindings.remove(flow);
    }

    @Override
    public synchronized void caughtUp() {
        caughtUp = true;
        note("caught up");
    }

    synchronized void note(String call) {
        calls.add(call);
    }

    /** Acts as the worker that carried packets. */
    synchronized void carry(SpiKey pair, Optional<InstalledSa> out, long packets, long octets) {
        InstalledSa sa = out.orElseGet(() -> receiver(pair));
        add(sa, SaSlotLayout.SEQUENCE, packets);
        add(sa, SaSlotLayout.PACKETS, packets);
        add(sa, SaSlotLayout.OCTETS, octets);
    }

    private static void add(InstalledSa sa, int field, long amount) {
        sa.slot().set(JAVA_LONG, field, sa.slot().get(JAVA_LONG, field) + amount);
    }

    synchronized InstalledSa receiver(SpiKey pair) {
        return Optional.ofNullable(inbound.get(pair)).orElseThrow();
    }

    synchronized InstalledSa sender(int peerSpi) {
        return outbound.values().stream()
                .filter(sa -> sa.key().spi() == peerSpi)
                .findFirst()
                .orElseThrow();
    }
}
