/** Secrets that are wiped when their holder is done with them. */
@Export
@Version("0.1.0")
@NullMarked
package org.sallyport.api.secret;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
