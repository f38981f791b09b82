package org.sallyport.api.sa;

/**
 * An IKE SA and its successors over rekeys. Immutable.
 *
 * @param connection the connection it belongs to
 * @param number unique while the SAD runs, given by {@link SaTable#openIkeSa}
 */
public record IkeSaId(ConnectionId connection, long number) {
    @Override
    public String toString() {
        return connection + "[" + number + "]";
    }
}
