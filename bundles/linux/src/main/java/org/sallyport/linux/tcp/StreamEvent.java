package org.sallyport.linux.tcp;

/** What the negotiator hears from streams. */
public sealed interface StreamEvent {
    /** Returns the stream's name. */
    StreamEnds ends();

    /**
     * An IKE message came.
     *
     * @param message without its non-ESP marker; the receiver owns the array
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    record Message(StreamEnds ends, byte[] message) implements StreamEvent {}

    /** Another connection took the place of a lost one: what was sent by that one may not have come. */
    record Reopened(StreamEnds ends) implements StreamEvent {}
}
