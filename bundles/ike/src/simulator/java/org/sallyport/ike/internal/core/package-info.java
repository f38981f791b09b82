/** Two negotiators against each other in memory, under a seeded simulator. */
@NullMarked
package org.sallyport.ike.internal.core;

import org.jspecify.annotations.NullMarked;
