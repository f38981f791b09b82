/** Flows, who asks for them, and the gate that holds a request until a security association stands. */
@Export
@Version("0.1.0")
@NullMarked
package org.sallyport.api.flow;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
