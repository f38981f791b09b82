/** What console, shell and tests look at and act on. */
@Export
@Version("0.1.0")
@NullMarked
package org.sallyport.api.admin;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
