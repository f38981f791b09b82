package org.sallyport.classifier.internal.parking;

import org.jspecify.annotations.Nullable;

/** What one source address has parked. Belongs to one worker. */
final class Source {
    /** An address as numbers. */
    record Key(boolean ipv4, long high, long low) {}

    final Key key;
    int place;
    int flows;
    int packets;
    int cells;

    @Nullable
    ParkedFlow newest;

    Source(Key key) {
        this.key = key;
    }

    void add(ParkedFlow flow) {
        flows++;
        flow.olderOfSource = newest;
        if (newest != null) {
            newest.newerOfSource = flow;
        }
        newest = flow;
    }

    void remove(ParkedFlow flow) {
        flows--;
        ParkedFlow older = flow.olderOfSource;
        ParkedFlow newer = flow.newerOfSource;
        if (older != null) {
            older.newerOfSource = newer;
        }
        if (newer != null) {
            newer.olderOfSource = older;
        } else {
            newest = older;
        }
        flow.olderOfSource = null;
        flow.newerOfSource = null;
    }
}
