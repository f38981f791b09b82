/** Whole-system tests, one class for each promise. */
@NullMarked
package org.sallyport.itests;

import org.jspecify.annotations.NullMarked;
