package org.sallyport.classifier.internal.worker;

import org.sallyport.classifier.internal.packet.TunnelEcn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of packets that met a mistake, ours or one on their way, each at most once a minute. Thread safe. */
final class ProblemLog {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemLog.class);

    private final OnceAMinute mistakes = new OnceAMinute(System.nanoTime());
    private final OnceAMinute marks = new OnceAMinute(System.nanoTime());

    void report(String doing, RuntimeException problem) {
        if (mistakes.take(System.nanoTime())) {
            LOG.error(
                    "a packet was dropped while {} failed; further ones are counted as internal errors",
                    doing,
                    problem);
        }
    }

    /**
     * Tells of a pair of ECN fields that nobody makes (RFC 6040 section 4.2).
     *
     * @param policy under whose entry the SA stands that the packet came by
     */
    void unexpectedMark(String policy, int inner, int outer) {
        if (marks.take(System.nanoTime())) {
            LOG.warn(
                    "a packet under policy \"{}\" came with ECN field {} outside and {} inside, which no router and no"
                            + " tunnel makes (RFC 6040): something on the way, or the peer, writes this field wrongly",
                    policy,
                    TunnelEcn.name(outer),
                    TunnelEcn.name(inner));
        }
    }
}
