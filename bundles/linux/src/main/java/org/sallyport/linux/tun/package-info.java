/**
 * TUN devices with virtio headers, so that large segments pass in and out whole. They are persistent: a device, and with
 * it the routes that lead protected traffic to it, outlives the process. Their queues are used by lease.
 */
@Export
@Version("0.1.0")
@NullMarked
package org.sallyport.linux.tun;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
