/** Messages of IKEv2 as values, and how they stand on the wire (RFC 7296 section 3). No I/O, no state, no keys. */
@NullMarked
package org.sallyport.ike.internal.message;

import org.jspecify.annotations.NullMarked;
