/** Packet filter rules, installed atomically through libnftables, and news of their changes. */
@Export
@Version("0.1.0")
@NullMarked
package org.sallyport.linux.nftables;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
