/** Other processes as the kernel knows them: their descriptors, memory and identity. */
@Export
@Version("0.1.0")
@NullMarked
package org.sallyport.linux.process;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
