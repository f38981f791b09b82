package org.sallyport.classifier.internal.flow;

/**
 * How many flows are known at once, and for how long. Immutable.
 *
 * @param flows at once
 * @param idle how long each may be idle
 */
public record FlowLimits(int flows, IdleTimes idle) {
    public static final FlowLimits DEFAULT = new FlowLimits(262_144, IdleTimes.DEFAULT);
}
