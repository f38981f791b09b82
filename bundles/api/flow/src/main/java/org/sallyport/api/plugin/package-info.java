/**
 * How plugins are called: whoever calls one neither waits for it longer than it wants nor fails with it. For those parts
 * of the appliance that call what others have written; plugins themselves need none of it.
 */
@Export
@Version("0.1.0")
@NullMarked
package org.sallyport.api.plugin;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
