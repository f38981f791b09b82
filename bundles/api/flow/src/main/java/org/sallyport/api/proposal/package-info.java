/** Transforms and proposals with their readable form (RFC 7296 section 3.3). */
@Export
@Version("0.1.0")
@NullMarked
package org.sallyport.api.proposal;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
