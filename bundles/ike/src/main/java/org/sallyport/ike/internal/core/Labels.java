package org.sallyport.ike.internal.core;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;
import org.sallyport.ike.internal.message.Payload;

/** Payloads in words, each made when it is asked for: most messages are told to nobody. Immutable. */
final class Labels extends AbstractList<String> implements RandomAccess {
    private final List<Payload> payloads;

    Labels(List<Payload> payloads) {
        this.payloads = List.copyOf(payloads);
    }

    @Override
    public String get(int index) {
        return payloads.get(index).label();
    }

    @Override
    public int size() {
        return payloads.size();
    }
}
