/** The providers of this bundle and the registry that chooses among all. */
@NullMarked
package org.sallyport.crypto.internal;

import org.jspecify.annotations.NullMarked;
