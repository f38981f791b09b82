/** Feeds: a snapshot with a revision, then a gapless stream. */
@Export
@Version("0.1.0")
@NullMarked
package org.sallyport.api.event;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
