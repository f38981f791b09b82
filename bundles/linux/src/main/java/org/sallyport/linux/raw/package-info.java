/**
 * Raw sockets of the IP protocols that IPsec has of its own, ESP and AH (RFC 4303, RFC 4302). They belong to this bundle
 * and live as long as it does; the data plane uses them by exclusive, revocable {@link org.sallyport.linux.raw.RawLease
 * leases}. Every socket carries {@link org.sallyport.linux.udp.ApplianceMark}.
 */
@Export
@Version("0.1.0")
@NullMarked
package org.sallyport.linux.raw;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
