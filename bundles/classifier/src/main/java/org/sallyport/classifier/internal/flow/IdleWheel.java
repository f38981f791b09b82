package org.sallyport.classifier.internal.flow;

import org.jspecify.annotations.Nullable;

/**
 * When to look at which flow, by the second: each is in one slot, so that looking costs nothing for flows that are not
 * due. Whoever is due later than the wheel reaches is looked at once in vain. Belongs to one thread.
 */
final class IdleWheel {
    private static final int SLOTS = 4096;
    private static final long SECOND = 1_000_000_000L;

    private final @Nullable Conversation[] slots = new Conversation[SLOTS];
    private long second;

    IdleWheel(long now) {
        second = now / SECOND;
    }

    /** Has a flow looked at again at this time, or soon after. */
    void schedule(Conversation flow, long due) {
        long ahead = Math.clamp((due + SECOND - 1) / SECOND - second, 1, SLOTS - 1);
        int slot = (int) ((second + ahead) % SLOTS);
        flow.slot = slot;
        flow.earlier = null;
        flow.later = slots[slot];
        if (flow.later != null) {
            flow.later.earlier = flow;
        }
        slots[slot] = flow;
    }

    void remove(Conversation flow) {
        if (flow.earlier == null) {
            slots[flow.slot] = flow.later;
        } else {
            flow.earlier.later = flow.later;
        }
        if (flow.later != null) {
            flow.later.earlier = flow.earlier;
        }
        flow.earlier = null;
        flow.later = null;
    }

    /** Takes a flow out that is to be looked at by now; null when there is none. */
    @Nullable
    Conversation next(long now) {
        long current = now / SECOND;
        while (second < current || slots[(int) (second % SLOTS)] != null) {
            Conversation found = slots[(int) (second % SLOTS)];
            if (found != null) {
                remove(found);
                return found;
            }
            second++;
        }
        return null;
    }

    /** Takes the flow out that is due first; null when there is none. */
    @Nullable
    Conversation first() {
        for (int ahead = 0; ahead < SLOTS; ahead++) {
            Conversation found = slots[(int) ((second + ahead) % SLOTS)];
            if (found != null) {
                remove(found);
                return found;
            }
        }
        return null;
    }
}
