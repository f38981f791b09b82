package org.sallyport.classifier.internal.flow;

import org.jspecify.annotations.Nullable;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.flow.IpProtocol;
import org.sallyport.api.sa.ChildSaId;

/** Both directions of a flow, as the {@link FlowBook} has it. */
final class Conversation {
    final Flow flow;

    @Nullable
    Conversation earlier;

    @Nullable
    Conversation later;

    int slot;
    private @Nullable FlowEntry out;
    private @Nullable FlowEntry in;
    private @Nullable ChildSaId told;

    Conversation(Flow flow) {
        this.flow = flow;
    }

    void take(FlowEntry entry) {
        if (entry.outbound()) {
            out = entry;
        } else {
            in = entry;
        }
    }

    /** Tells whether somebody has to hear that this lineage carries it. */
    boolean isNews(ChildSaId lineage) {
        boolean news = !lineage.equals(told);
        told = lineage;
        return news;
    }

    @Nullable
    ChildSaId lineage() {
        return told;
    }

    long lastUsed() {
        long sent = out == null ? Long.MIN_VALUE : out.lastUsed();
        long received = in == null ? Long.MIN_VALUE : in.lastUsed();
        return Math.max(sent, received);
    }

    /** Returns how long it may be idle, in nanoseconds. */
    long idle(IdleTimes times) {
        if (flow.protocol() != IpProtocol.TCP) {
            return times.other().toNanos();
        }
        return closed() ? times.closed().toNanos() : times.tcp().toNanos();
    }

    private boolean closed() {
        boolean reset = (out != null && out.reset()) || (in != null && in.reset());
        return reset || (out != null && out.finished() && in != null && in.finished());
    }

    void forget() {
        if (out != null) {
            out.forget();
        }
        if (in != null) {
            in.forget();
        }
    }
}
