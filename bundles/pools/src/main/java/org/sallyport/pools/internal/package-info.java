/** Address pools from files, with leases that outlive a restart. */
@NullMarked
package org.sallyport.pools.internal;

import org.jspecify.annotations.NullMarked;
