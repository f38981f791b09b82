package org.sallyport.api.admin;

import java.time.Instant;

/**
 * One line of a connection's history. Immutable.
 *
 * @param at when it happened
 * @param what what happened, in words
 * @param reason why, in words; empty where there is nothing to say
 */
public record ConnectionNote(Instant at, String what, String reason) {}
