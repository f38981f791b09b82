package org.sallyport.sad.internal;

import org.sallyport.api.policy.Lifetimes;

/**
 * How far an outbound SA's sequence numbers may go. Immutable.
 *
 * @param grant how many at a time
 * @param last the last one there may ever be; a number is never used twice (RFC 4303 section 3.3.3)
 */
record SequenceBudget(long grant, long last) {
    private static final long LAST_WITHOUT_ESN = 0xffff_ffffL;
    private static final long LEAST_GRANT = 1024;
    private static final long TYPICAL_OCTETS = 1500;
    private static final long PARTS = 16;

    static SequenceBudget of(Pair.Agreed agreed, SadSettings settings) {
        Lifetimes lifetimes = agreed.spec().lifetimes();
        boolean extended = agreed.spec().suite().extendedSequenceNumbers();
        long last = extended ? Long.MAX_VALUE : LAST_WITHOUT_ESN;
        if (lifetimes.hardPackets() > 0) {
            last = Math.min(last, lifetimes.hardPackets());
        }
        long grant = settings.sequenceGrant();
        // A small volume is counted in small steps: each grant is an occasion to look at it.
        grant = step((lifetimes.softOctets() + TYPICAL_OCTETS - 1) / TYPICAL_OCTETS, grant);
        grant = step(lifetimes.softPackets(), grant);
        return new SequenceBudget(grant, last);
    }

    private static long step(long packets, long grant) {
        return packets > 0 ? Math.min(grant, Math.max(LEAST_GRANT, packets / PARTS)) : grant;
    }

    /** Returns up to where may be sent when so many were sent. */
    long limitAfter(long sent) {
        return sent >= last - grant ? last : sent + grant;
    }

    /** Tells whether the numbers run out, so that a successor is due. */
    boolean runsOut(long sent) {
        return sent >= last - last / PARTS;
    }
}
