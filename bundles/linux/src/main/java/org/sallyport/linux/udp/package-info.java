/**
 * The UDP ports 500 and 4500 (RFC 7296 section 2, RFC 3948). The sockets belong to this bundle and live as long as it
 * does; the negotiator and the data plane use them by exclusive, revocable {@link org.sallyport.linux.udp.PortLease
 * port leases}. Every socket carries {@link org.sallyport.linux.udp.ApplianceMark}, by which the kernel's guard and
 * divert rules tell the appliance's own packets.
 */
@Export
@Version("0.1.0")
@NullMarked
package org.sallyport.linux.udp;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
