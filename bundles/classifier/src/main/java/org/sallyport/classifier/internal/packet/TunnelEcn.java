package org.sallyport.classifier.internal.packet;

/**
 * What becomes of congestion marks where a tunnel ends (RFC 6040 section 4.2, figure 4). Where it begins, the outer header
 * gets the inner one's ECN field as it is (section 4.1, normal mode): the other end of what IKEv2 made knows what to do with
 * it (RFC 7296 section 2.24).
 */
public final class TunnelEcn {
    /** The transport does not heed marks (RFC 3168 section 5). */
    public static final int NOT_ECT = 0;

    public static final int ECT_1 = 1;
    public static final int ECT_0 = 2;
    /** Congestion experienced. */
    public static final int CE = 3;

    /** For a packet that has to be dropped: its transport would take a mark for nothing, and shall hear of the congestion. */
    public static final int DROP = -1;

    private TunnelEcn() {}

    /** Returns the ECN field that a packet goes on with, or {@link #DROP}. */
    public static int leaving(int inner, int outer) {
        if (inner == NOT_ECT) {
            return outer == CE ? DROP : NOT_ECT;
        }
        if (inner == CE || outer == CE) {
            return CE;
        }
        return outer == ECT_1 ? ECT_1 : inner;
    }

    /** Tells whether nobody makes such a pair today, so that somebody should look what does: "(!!!)" in the figure. */
    public static boolean isUnexpected(int inner, int outer) {
        return inner == NOT_ECT ? outer != NOT_ECT : inner == CE && outer == ECT_1;
    }

    /** Returns a field's name as the RFCs write it. */
    public static String name(int ecn) {
        return switch (ecn) {
            case NOT_ECT -> "Not-ECT";
            case ECT_1 -> "ECT(1)";
            case ECT_0 -> "ECT(0)";
            default -> "CE";
        };
    }
}
