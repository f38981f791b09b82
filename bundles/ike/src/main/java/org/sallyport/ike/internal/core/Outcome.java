package org.sallyport.ike.internal.core;

import org.sallyport.api.reason.Reason;

/** How a question was answered. */
public sealed interface Outcome {
    /** With what was asked for. */
    record Value(Object value) implements Outcome {}

    /** Not, and why. */
    record Failure(Reason reason) implements Outcome {}

    /** Not, because somebody with a higher epoch acts for the SA now: the session falls silent. */
    record Fenced() implements Outcome {}
}
