/** Serialised SA state, fenced by epochs. */
@Export
@Version("0.1.0")
@NullMarked
package org.sallyport.api.checkpoint;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
