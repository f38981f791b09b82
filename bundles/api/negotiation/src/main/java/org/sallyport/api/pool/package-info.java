/**
 * Addresses that peers are given (RFC 7296 section 2.19): what a vendor implements to hand them out of a directory, a
 * RADIUS server or DHCP. All of it is called on virtual threads and may block; whatever takes longer than five seconds,
 * throws or answers rubbish costs the peer that asked its address, and nobody else anything.
 */
@Export
@Version("0.1.0")
@NullMarked
package org.sallyport.api.pool;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
