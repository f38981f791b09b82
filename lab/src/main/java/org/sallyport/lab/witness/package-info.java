/** What is believed about traffic: captures taken from outside the product and the kernel's own counters. */
@NullMarked
package org.sallyport.lab.witness;

import org.jspecify.annotations.NullMarked;
