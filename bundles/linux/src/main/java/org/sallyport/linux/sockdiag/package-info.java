/** The kernel's word on which sockets live: events when one is destroyed, and dumps. */
@Export
@Version("0.1.0")
@NullMarked
package org.sallyport.linux.sockdiag;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
