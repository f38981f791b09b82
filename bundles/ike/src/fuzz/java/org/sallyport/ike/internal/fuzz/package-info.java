/** What is fuzzed: each target takes octets of an outsider and throws only when something does not hold that must. */
@NullMarked
package org.sallyport.ike.internal.fuzz;

import org.jspecify.annotations.NullMarked;
