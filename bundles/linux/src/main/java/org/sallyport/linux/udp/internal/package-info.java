/** Sockets on ports 500 and 4500, and the leases on them. */
@NullMarked
package org.sallyport.linux.udp.internal;

import org.jspecify.annotations.NullMarked;
