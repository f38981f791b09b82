package org.sallyport.classifier.internal.path;

import static org.sallyport.linux.memory.RawMemory.getInt;
import static org.sallyport.linux.memory.RawMemory.putInt;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.sallyport.api.admin.Journal;
import org.sallyport.api.sa.SaSlotLayout;
import org.sallyport.classifier.internal.flow.SlotPath;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what is known of paths into the slots of all SAs on them (RFC 4301 section 8.2: it belongs to the path). Asks about
 * a path when it is new, when a packet turned out to be too long for it, and in turns, so that it sees what the kernel
 * forgets. There are as many paths as SAs have. Asks on a thread of its own; thread safe.
 */
public final class PathWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PathWatch.class);
    private static final int ASKED_AT_ONCE = 256;
    private static final int MOST_HINTS = 256;
    /** From a hint to the question: others come with it. */
    private static final Duration GATHERING = Duration.ofMillis(10);

    private record Ends(InetSocketAddress local, InetSocketAddress remote) {}

    /** A path and the slots of its SAs. */
    private static final class Watched {
        private final Set<Long> slots = new HashSet<>();
        private int mtu;
    }

    private record Place(Ends ends, int version) {}

    private final PathMtuSource source;
    private final Duration period;
    /** The one that was asked about the longest time ago comes first. */
    private final Map<Ends, Watched> paths = new LinkedHashMap<>();

    private final Map<Long, Place> places = new HashMap<>();
    private final BlockingQueue<InetAddress> hints = new ArrayBlockingQueue<>(MOST_HINTS);
    private final Thread thread;
    private volatile boolean closed;

    /**
     * @param source asked by this object's thread alone, and closed by it
     * @param period from one turn to the next
     */
    public PathWatch(PathMtuSource source, Duration period) {
        this.source = source;
        this.period = period;
        this.thread = Thread.ofPlatform().daemon().name("sallyport-path-mtu").unstarted(this::run);
    }

    /** Begins to ask. */
    public void start() {
        thread.start();
    }

    /** An SA is there from now on. */
    public synchronized void add(long slot) {
        remove(slot);
        SlotPath path = SlotPath.read(slot);
        Ends ends = new Ends(path.local(), path.remote());
        Watched watched = paths.computeIfAbsent(ends, e -> new Watched());
        watched.slots.add(slot);
        places.put(slot, new Place(ends, path.version()));
        if (watched.mtu == 0) {
            narrowed(ends.remote().getAddress());
        } else {
            putInt(slot + SaSlotLayout.PATH_MTU_KNOWN, watched.mtu);
        }
    }

    /** An SA goes: its slot is not written any more when this returns. */
    public synchronized void remove(long slot) {
        Place place = places.remove(slot);
        Watched watched = place == null ? null : paths.get(place.ends());
        if (place != null && watched != null) {
            watched.slots.remove(slot);
            if (watched.slots.isEmpty()) {
                paths.remove(place.ends());
            }
        }
    }

    /** The path to somebody may take less than is known. Does not block, and is forgotten where too many such wait. */
    public void narrowed(InetAddress remote) {
        hints.offer(remote);
    }

    private void run() {
        long next = System.nanoTime();
        while (!closed) {
            try {
                InetAddress hint = hints.poll(Math.max(0, next - System.nanoTime()), TimeUnit.NANOSECONDS);
                if (hint != null) {
                    Thread.sleep(GATHERING);
                    ask(hinted(hint));
                }
                if (System.nanoTime() - next >= 0) {
                    next = System.nanoTime() + period.toNanos();
                    ask(nextInTurn());
                }
            } catch (InterruptedException e) {
                break;
            } catch (RuntimeException e) {
                LOG.error("the MTU of paths could not be looked at", e);
            }
        }
        source.close();
    }

    private List<Ends> hinted(InetAddress first) {
        Set<InetAddress> remotes = new HashSet<>(Set.of(first));
        hints.drainTo(remotes);
        synchronized (this) {
            return paths.keySet().stream()
                    .filter(ends -> remotes.contains(ends.remote().getAddress()))
                    .toList();
        }
    }

    private synchronized List<Ends> nextInTurn() {
        List<Ends> turn = new ArrayList<>();
        Iterator<Map.Entry<Ends, Watched>> oldest = paths.entrySet().iterator();
        while (oldest.hasNext() && turn.size() < ASKED_AT_ONCE) {
            turn.add(oldest.next().getKey());
        }
        for (Ends ends : turn) {
            Watched watched = paths.remove(ends);
            if (watched != null) {
                paths.put(ends, watched);
                List.copyOf(watched.slots).forEach(this::follow);
            }
        }
        return turn;
    }

    /** An SA may have moved to another path. */
    private void follow(long slot) {
        Place place = places.get(slot);
        if (place != null && SlotPath.version(slot) != place.version()) {
            putInt(slot + SaSlotLayout.PATH_MTU_KNOWN, 0);
            add(slot);
        }
    }

    private void ask(List<Ends> about) {
        for (Ends ends : about) {
            OptionalInt mtu = source.mtu(ends.local(), ends.remote());
            if (mtu.isPresent()) {
                write(ends, mtu.getAsInt());
            }
        }
    }

    private synchronized void write(Ends ends, int mtu) {
        Watched watched = paths.get(ends);
        if (watched == null || watched.mtu == mtu) {
            return;
        }
        int before = watched.mtu == 0 ? getInt(watched.slots.iterator().next() + SaSlotLayout.PATH_MTU) : watched.mtu;
        watched.mtu = mtu;
        watched.slots.forEach(slot -> putInt(slot + SaSlotLayout.PATH_MTU_KNOWN, mtu));
        if (before != mtu) {
            Journal.event("path-mtu")
                    .with("local", ends.local().getAddress().getHostAddress())
                    .with("remote", ends.remote().getAddress().getHostAddress())
                    .with("mtu", mtu)
                    .with("before", before)
                    .write();
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
