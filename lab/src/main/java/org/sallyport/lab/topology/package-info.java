/** The networks that the lab and the whole-system tests run in. */
@NullMarked
package org.sallyport.lab.topology;

import org.jspecify.annotations.NullMarked;
