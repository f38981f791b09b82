/** Asks the pools that give peers their addresses. */
@NullMarked
package org.sallyport.ike.internal.address;

import org.jspecify.annotations.NullMarked;
