/** TUN devices by ioctl. */
@NullMarked
package org.sallyport.linux.tun.internal;

import org.jspecify.annotations.NullMarked;
