/** The kernel's raw sockets behind the leases. */
@NullMarked
package org.sallyport.linux.raw.internal;

import org.jspecify.annotations.NullMarked;
