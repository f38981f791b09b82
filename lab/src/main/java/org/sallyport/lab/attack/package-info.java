/** Hostile traffic: damaged copies of recorded packets, and floods from addresses that are not the sender's. */
@NullMarked
package org.sallyport.lab.attack;

import org.jspecify.annotations.NullMarked;
