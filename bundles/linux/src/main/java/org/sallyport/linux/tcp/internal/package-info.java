/** Streams as the kernel has them. */
@NullMarked
package org.sallyport.linux.tcp.internal;

import org.jspecify.annotations.NullMarked;
