/**
 * The negotiator without I/O and without a clock: messages, answers, time and randomness are handed in, effects come out
 * in the order in which they are to be carried out. Knows how exchanges go (RFC 7296 section 2), not what is exchanged.
 */
@NullMarked
package org.sallyport.ike.internal.core;

import org.jspecify.annotations.NullMarked;
