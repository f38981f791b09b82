/** The negotiator with real ports, and against real peers. */
@NullMarked
package org.sallyport.ike.internal.runtime;

import org.jspecify.annotations.NullMarked;
