/** Policies, published whole as generations (RFC 4301 section 4.4.1). */
@Export
@Version("0.1.0")
@NullMarked
package org.sallyport.api.login;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
