/** One class for each feature of RFC 7296: what we ask of a peer, and how we answer what it asks. */
@NullMarked
package org.sallyport.ike.internal.core.task;

import org.jspecify.annotations.NullMarked;
