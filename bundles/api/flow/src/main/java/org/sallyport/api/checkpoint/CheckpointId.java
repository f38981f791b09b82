package org.sallyport.api.checkpoint;

/**
 * Names a checkpoint. Immutable.
 *
 * @param kind whose schema it follows ("ike-sa")
 * @param name which one, stable over rekeys
 */
public record CheckpointId(String kind, String name) {}
