@NullMarked
package org.sallyport.lab.witness;

import org.jspecify.annotations.NullMarked;
