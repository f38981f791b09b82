/** Security associations: their names, their memory, the table that owns them and the leases on them (RFC 4301 section 4.4.2). */
@Export
@Version("0.1.0")
@NullMarked
package org.sallyport.api.sa;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
