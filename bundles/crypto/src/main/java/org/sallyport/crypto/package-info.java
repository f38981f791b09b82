/**
 * Algorithms by IANA number: what an IKE or ESP transform asks for, who brings it, and how to use it.
 *
 * <p>Providers are services; the registry chooses the fastest by measurement and says so when none is there.
 */
@Export
@Version("0.1.0")
@NullMarked
package org.sallyport.crypto;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
