/** Why something was refused, dropped or ended, in words that an administrator can act on. */
@Export
@Version("0.1.0")
@NullMarked
package org.sallyport.api.reason;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
