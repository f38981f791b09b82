/** What every part of the kernel interface shares: how a failed system call and a missing kernel feature are told. */
@Export
@Version("0.1.0")
@NullMarked
package org.sallyport.linux;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
