@NullMarked
package org.sallyport.pools.internal;

import org.jspecify.annotations.NullMarked;
