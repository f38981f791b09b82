/**
 * Streams of IKE and ESP in TCP (RFC 9329). Listener and connections belong to this bundle and live as long as it does;
 * the negotiator and the data plane use them by exclusive, revocable leases. Every socket carries
 * {@link org.sallyport.linux.udp.ApplianceMark}.
 */
@Export
@Version("0.1.0")
@NullMarked
package org.sallyport.linux.tcp;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
