package org.sallyport.sad.internal;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.policy.Lifetimes;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.sallyport.api.sa.SpiKey;

/**
 * Lifetimes (RFC 4301 section 4.4.2.1): at the soft one the negotiator is asked for a successor, at the hard one the pair
 * ends. Time is boot time. Octets and packets are looked at when a worker asks for sequence numbers, and by a timer that
 * comes the sooner the nearer the limit is at the rate last seen. Thread safe.
 */
final class Ageing implements PairListener {
    /** How long an SPI may stay reserved before whoever reserved it counts as gone. */
    static final Duration RESERVATION = Duration.ofMinutes(10);

    private static final Duration FIRST_LOOK = Duration.ofSeconds(1);
    private static final Duration LONGEST_BETWEEN_LOOKS = Duration.ofSeconds(10);
    private static final Duration SHORTEST_BETWEEN_LOOKS = Duration.ofMillis(50);
    /** What an SA that is idle may begin to carry, in octets and packets a nanosecond: 1 Gbit/s, in packets of 125 octets. */
    private static final double SUDDEN_OCTETS = 0.125;

    private static final double SUDDEN_PACKETS = 0.001;
    private static final Duration SHORTEST_WHEN_IDLE = Duration.ofSeconds(1);
    private static final Duration SHORTEST_BETWEEN_ASKING = Duration.ofSeconds(10);

    /** What to do when a lifetime is over. */
    interface Consequences {
        void successorDue(Pair pair, Pair.Agreed agreed);

        void over(Pair pair, Pair.Agreed agreed, Reason reason);

        void abandoned(Pair pair);
    }

    /** The timers of one pair and the counters last seen; guarded by its monitor. */
    private static final class Watch {
        private Timers.@Nullable Timer end;
        private Timers.@Nullable Timer soft;
        private Timers.@Nullable Timer look;
        private long lookedAt;
        private long octetsThen;
        private long packetsThen;
        private long softOctets;
        private long softPackets;
        private boolean asked;
        private boolean over;

        private synchronized void cancel() {
            over = true;
            cancel(end);
            cancel(soft);
            cancel(look);
        }

        private static void cancel(Timers.@Nullable Timer timer) {
            if (timer != null) {
                timer.cancel();
            }
        }
    }

    private final Timers timers;
    private final Executor executor;
    private final Supplier<SadSettings> settings;
    private final RandomGenerator random;
    private final Map<SpiKey, Watch> watches = new ConcurrentHashMap<>();
    private volatile @Nullable Consequences consequences;

    Ageing(Timers timers, Executor executor, Supplier<SadSettings> settings, RandomGenerator random) {
        this.timers = timers;
        this.executor = executor;
        this.settings = settings;
        this.random = random;
    }

    void consequences(Consequences value) {
        consequences = value;
    }

    @Override
    public void reserved(Pair pair) {
        Watch watch = new Watch();
        watches.put(pair.key(), watch);
        synchronized (watch) {
            watch.end = timers.after(RESERVATION, () -> later(c -> c.abandoned(pair)));
        }
    }

    @Override
    public void installed(Pair pair, Pair.Agreed agreed) {
        withWatch(pair, watch -> {
            Watch.cancel(watch.end);
            watch.end = timers.at(
                    agreed.installedAt() + agreed.spec().lifetimes().hardTime().toNanos(), () -> end(pair, agreed));
        });
    }

    @Override
    public void activated(Pair pair, Pair.Agreed agreed, Optional<Pair> predecessor) {
        withWatch(pair, watch -> {
            watch.soft = timers.at(agreed.installedAt() + softTime(agreed.spec().lifetimes()), () -> ask(pair, agreed));
            watch.softOctets = sooner(agreed.spec().lifetimes().softOctets());
            watch.softPackets = sooner(agreed.spec().lifetimes().softPackets());
            if (limitsVolume(agreed.spec().lifetimes())) {
                watch.lookedAt = timers.now();
                watch.look = timers.after(FIRST_LOOK, () -> look(pair));
            }
        });
    }

    @Override
    public void retired(Pair pair, Pair.Agreed agreed) {
        withWatch(pair, watch -> Watch.cancel(watch.soft));
    }

    @Override
    public void released(Pair pair) {
        stop(pair);
    }

    @Override
    public void deleted(Pair pair, Pair.Agreed agreed, Reason reason, boolean lineageEnded) {
        stop(pair);
    }

    /** Looks at what a pair has carried. */
    void look(Pair pair) {
        Pair.Agreed agreed = pair.agreed();
        if (agreed == null) {
            return;
        }
        Counters sent = pair.sent();
        Counters received = pair.received();
        long octets = Math.max(sent.octets(), received.octets());
        long packets = Math.max(sent.packets(), received.packets());
        Lifetimes limits = agreed.spec().lifetimes();
        if (reached(octets, limits.hardOctets()) || reached(packets, limits.hardPackets())) {
            withWatch(pair, watch -> end(pair, agreed));
            return;
        }
        boolean runsOut = SequenceBudget.of(agreed, settings.get()).runsOut(sent.sequence());
        withWatch(pair, watch -> {
            boolean soft = runsOut || reached(octets, watch.softOctets) || reached(packets, watch.softPackets);
            if (soft && !watch.asked) {
                ask(pair, agreed);
            }
            if (limitsVolume(limits)) {
                lookAgain(pair, watch, limits, octets, packets);
            }
        });
    }

    private void lookAgain(Pair pair, Watch watch, Lifetimes limits, long octets, long packets) {
        long now = timers.now();
        long passed = Math.max(1, now - watch.lookedAt);
        long wait = Math.min(
                untilHalfWay(octets, watch.octetsThen, watch.softOctets, limits.hardOctets(), passed, SUDDEN_OCTETS),
                untilHalfWay(
                        packets, watch.packetsThen, watch.softPackets, limits.hardPackets(), passed, SUDDEN_PACKETS));
        watch.lookedAt = now;
        watch.octetsThen = octets;
        watch.packetsThen = packets;
        Watch.cancel(watch.look);
        watch.look = timers.at(
                now + Math.clamp(wait, SHORTEST_BETWEEN_LOOKS.toNanos(), LONGEST_BETWEEN_LOOKS.toNanos()),
                () -> look(pair));
    }

    /** At the rate last seen; and not much later than it would be if much came all at once. */
    private static long untilHalfWay(
            long used, long usedThen, long soft, long hard, long passed, double suddenPerNano) {
        long limit = soft > used ? soft : hard;
        if (limit <= used) {
            return Long.MAX_VALUE;
        }
        double perNano = (double) (used - usedThen) / passed;
        double sudden = Math.max((double) SHORTEST_WHEN_IDLE.toNanos(), (limit - used) / suddenPerNano / 2);
        return (long) Math.min((limit - used) / perNano / 2, sudden);
    }

    /** Asks for a successor, and again while none has come: the negotiator may be away just now. */
    private void ask(Pair pair, Pair.Agreed agreed) {
        withWatch(pair, watch -> {
            if (pair.state() != Pair.State.ACTIVE) {
                return;
            }
            watch.asked = true;
            Lifetimes lifetimes = agreed.spec().lifetimes();
            long again = lifetimes.hardTime().minus(lifetimes.softTime()).toNanos() / 4;
            Watch.cancel(watch.soft);
            watch.soft = timers.at(
                    timers.now() + Math.max(again, SHORTEST_BETWEEN_ASKING.toNanos()), () -> ask(pair, agreed));
            later(c -> c.successorDue(pair, agreed));
        });
    }

    private void end(Pair pair, Pair.Agreed agreed) {
        later(c -> c.over(pair, agreed, Reason.of(ReasonCode.LIFETIME_OVER)));
    }

    private long softTime(Lifetimes lifetimes) {
        return sooner(lifetimes.softTime().toNanos());
    }

    /** Returns a soft limit less some jitter, so that both ends and many SAs do not ask at once. */
    private long sooner(long soft) {
        int percent = settings.get().jitterPercent();
        long jitter = soft / 100 * percent + soft % 100 * percent / 100;
        return jitter == 0 ? soft : soft - random.nextLong(jitter);
    }

    private static boolean limitsVolume(Lifetimes limits) {
        return limits.softOctets() > 0
                || limits.hardOctets() > 0
                || limits.softPackets() > 0
                || limits.hardPackets() > 0;
    }

    private static boolean reached(long used, long limit) {
        return limit > 0 && used >= limit;
    }

    private void withWatch(Pair pair, Consumer<Watch> action) {
        Watch watch = watches.get(pair.key());
        if (watch == null) {
            return;
        }
        synchronized (watch) {
            if (!watch.over) {
                action.accept(watch);
            }
        }
    }

    private void stop(Pair pair) {
        Watch watch = watches.remove(pair.key());
        if (watch != null) {
            watch.cancel();
        }
    }

    private void later(Consumer<Consequences> action) {
        Consequences hearer = consequences;
        if (hearer != null) {
            executor.execute(() -> action.accept(hearer));
        }
    }
}
