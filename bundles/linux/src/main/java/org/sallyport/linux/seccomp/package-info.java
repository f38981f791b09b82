/** Seccomp user notification: the filter that stops a call, and the listener that answers for it. */
@Export
@Version("0.1.0")
@NullMarked
package org.sallyport.linux.seccomp;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
