/** Netlink messages and sockets, shared by routing, nftables and whatever else speaks to the kernel this way. */
@NullMarked
package org.sallyport.linux.internal.netlink;

import org.jspecify.annotations.NullMarked;
