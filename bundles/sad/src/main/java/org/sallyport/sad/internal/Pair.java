package org.sallyport.sad.internal;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.sa.SaPairHandle;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.api.sa.SaSpec;
import org.sallyport.api.sa.SpiKey;

/**
 * A pair of SAs from its reservation to its end, named by its inbound SPI. What changes its state does so while it holds
 * the pair's monitor, data plane calls included; reading needs no lock. The slots are swapped under a lock of their own,
 * so that a grant or a view never waits for the data plane and never touches a slot that was given back.
 */
final class Pair {
    enum State {
        RESERVED,
        INSTALLED,
        ACTIVE,
        RETIRED,
        DELETED
    }

    /** What is known once the inbound SA was asked for, with what people read of it: told several times, made once. */
    record Agreed(SaSpec spec, Policy policy, long installedAt, String algorithms, String selectors, String path) {
        /** Returns which packets it is for, in words; empty for an ordinary one. */
        Optional<String> share() {
            return spec.share().map(s -> policy.sharing().words(s.number()));
        }

        Agreed(SaSpec spec, Policy policy, long installedAt) {
            this(
                    spec,
                    policy,
                    installedAt,
                    Inspection.algorithms(spec.suite()),
                    spec.selectors().toString(),
                    spec.path().toString());
        }
    }

    private final SpiKey key;
    private final Object slotLock = new Object();
    private volatile State state = State.RESERVED;
    private volatile @Nullable Agreed agreed;
    private volatile @Nullable Side inbound;
    private volatile @Nullable Side outbound;
    private volatile @Nullable SpiKey outboundKey;
    private volatile Counters lastReceived = Counters.NONE;
    private volatile Counters lastSent = Counters.NONE;
    private volatile long activation;

    /** Which data planes have the inbound SA, and which the outbound; guarded by the pair's monitor. */
    final Set<DataPlanes.Member> receivers = new HashSet<>();

    final Set<DataPlanes.Member> senders = new HashSet<>();

    Pair(SpiKey key) {
        this.key = key;
    }

    SpiKey key() {
        return key;
    }

    State state() {
        return state;
    }

    void state(State next) {
        state = next;
    }

    @Nullable
    Agreed agreed() {
        return agreed;
    }

    void agreed(@Nullable Agreed value) {
        agreed = value;
    }

    @Nullable
    Side inbound() {
        return inbound;
    }

    void inbound(Side side) {
        inbound = side;
    }

    @Nullable
    Side outbound() {
        return outbound;
    }

    void outbound(Side side) {
        outboundKey = side.sa().key();
        outbound = side;
    }

    /** Returns its place among all activations, 0 while it was never active. */
    long activation() {
        return activation;
    }

    void activation(long number) {
        activation = number;
    }

    /** Returns the handle of a pair that was activated. */
    Optional<SaPairHandle> handle() {
        Side in = inbound;
        Side out = outbound;
        return in == null || out == null
                ? Optional.empty()
                : Optional.of(new SaPairHandle(in.sa().lineage(), key, out.sa().key()));
    }

    /** Returns the peer's SPI, also after the pair's end; empty when it was never sent by. */
    Optional<SpiKey> outboundKey() {
        return Optional.ofNullable(outboundKey);
    }

    /** Lends the outbound slot, if there is one, for a short use during which it is not given back. */
    void withOutbound(Consumer<Side> use) {
        synchronized (slotLock) {
            Side side = outbound;
            if (side != null) {
                use.accept(side);
            }
        }
    }

    /**
     * Returns what the path has turned out to take.
     *
     * @param otherwise for as long as nobody knows
     */
    int pathMtu(int otherwise) {
        synchronized (slotLock) {
            Side side = outbound == null ? inbound : outbound;
            int known = side == null ? 0 : side.memory().get(JAVA_INT, SaSlotLayout.PATH_MTU_KNOWN);
            return known == 0 ? otherwise : known;
        }
    }

    /** Lends each slot that there is, likewise. */
    void withSlots(Consumer<MemorySegment> use) {
        synchronized (slotLock) {
            Stream.of(Optional.ofNullable(inbound), Optional.ofNullable(outbound))
                    .flatMap(Optional::stream)
                    .map(Side::memory)
                    .forEach(use);
        }
    }

    /** Lets go of the inbound slot and keeps its last counters. */
    Optional<Side> takeInbound() {
        synchronized (slotLock) {
            Side side = inbound;
            if (side == null) {
                return Optional.empty();
            }
            lastReceived = Counters.read(side.memory());
            inbound = null;
            return Optional.of(side);
        }
    }

    /** Lets go of the outbound slot and keeps its last counters. */
    Optional<Side> takeOutbound() {
        synchronized (slotLock) {
            Side side = outbound;
            if (side == null) {
                return Optional.empty();
            }
            lastSent = Counters.read(side.memory());
            outbound = null;
            return Optional.of(side);
        }
    }

    /** Returns the boot time in nanoseconds of the last packet in either direction, 0 before the first. */
    long lastUsed() {
        return Math.max(received().lastUsed(), sent().lastUsed());
    }

    Counters received() {
        synchronized (slotLock) {
            Side side = inbound;
            return side == null ? lastReceived : Counters.read(side.memory());
        }
    }

    Counters sent() {
        synchronized (slotLock) {
            Side side = outbound;
            return side == null ? lastSent : Counters.read(side.memory());
        }
    }

    /** Returns the newest part of the replay window in hexadecimal, empty once the slot was given back. */
    String window() {
        synchronized (slotLock) {
            Side side = inbound;
            return side == null ? "" : Counters.window(side.memory());
        }
    }

    @Override
    public String toString() {
        return "pair " + key + " (" + state + ")";
    }
}
