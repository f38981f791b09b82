package org.sallyport.api.sa;

/**
 * A lineage: a Child SA and its successors over rekeys. Leases, totals and bindings name it, never an SPI. It stays the
 * same when its IKE SA is rekeyed. Immutable.
 *
 * @param ikeSa the IKE SA that negotiated it
 * @param number unique while the SAD runs, given by {@link SaTable#openLineage}
 */
public record ChildSaId(IkeSaId ikeSa, long number) {
    @Override
    public String toString() {
        return ikeSa + "{" + number + "}";
    }
}
