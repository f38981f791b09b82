/**
 * Memory outside the heap: raw access for buffers that the kernel reads and writes, and the slots that hold security
 * associations, which outlive every other bundle.
 */
@Export
@Version("0.1.0")
@NullMarked
package org.sallyport.linux.memory;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
