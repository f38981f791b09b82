package org.sallyport.ike.internal.core;

import java.security.SecureRandom;
import org.sallyport.ike.internal.core.state.SessionState;

/** A deliberate mistake of a node, by which a test sees that it would be found. Without one a node does as it is told. */
interface Fault {
    /** No mistake. */
    Fault NONE = new Fault() {};

    /** Returns what sessions are made of. */
    default Features features(Features features) {
        return features;
    }

    /** Returns where SPIs, nonces and keys come from. */
    default SecureRandom random(SecureRandom random) {
        return random;
    }

    /** Tells whether a checkpoint is stored; it is acknowledged in any case. */
    default boolean stores(Question.SaveCheckpoint save) {
        return true;
    }

    /** Tells whether an effect is carried out. */
    default boolean carriesOut(Node node, Effect effect) {
        return true;
    }

    /** A session has taken an event. */
    default void handled(Session session, Event event) {}

    /** A session is about to go on from its checkpoint. */
    default void resuming(SessionState state) {}
}
