package org.sallyport.lab.relay;

/**
 * What happened on one direction.
 *
 * @param received packets that came to the relay
 * @param lost those that chance took
 * @param overflowed those that found the queue before the line full
 * @param duplicated those that were delivered twice
 * @param heldBack those that others may have overtaken
 */
public record LineStatistics(long received, long lost, long overflowed, long duplicated, long heldBack) {}
