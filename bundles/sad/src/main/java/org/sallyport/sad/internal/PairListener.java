package org.sallyport.sad.internal;

import java.util.Optional;
import org.sallyport.api.reason.Reason;

/** Hears what happens to pairs, in order for each pair, while its monitor is held: it must be quick. */
interface PairListener {
    /** An SPI was reserved. */
    default void reserved(Pair pair) {}

    /** The inbound SA receives. */
    default void installed(Pair pair, Pair.Agreed agreed) {}

    /**
     * The pair sends.
     *
     * @param predecessor the lineage's pair that sent until now
     */
    default void activated(Pair pair, Pair.Agreed agreed, Optional<Pair> predecessor) {}

    /** The pair no longer sends. */
    default void retired(Pair pair, Pair.Agreed agreed) {}

    /** A reservation was given back. */
    default void released(Pair pair) {}

    /**
     * The pair is gone.
     *
     * @param lineageEnded whether it was the last of its lineage
     */
    default void deleted(Pair pair, Pair.Agreed agreed, Reason reason, boolean lineageEnded) {}
}
