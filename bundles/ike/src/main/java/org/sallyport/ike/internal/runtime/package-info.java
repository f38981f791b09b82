/** Carries out what the core wants: ports, timers, threads, the SA table, checkpoints, the journal. */
@NullMarked
package org.sallyport.ike.internal.runtime;

import org.jspecify.annotations.NullMarked;
