/** Negotiators and what they are told about peers (RFC 4301 section 4.4.3, RFC 7296). */
@Export
@Version("0.1.0")
@NullMarked
package org.sallyport.api.negotiation;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
