/** The security association database: pairs, lineages, lifetimes, leases and checkpoints. */
@NullMarked
package org.sallyport.sad.internal;

import org.jspecify.annotations.NullMarked;
