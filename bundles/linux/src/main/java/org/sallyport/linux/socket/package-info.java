/** Sockets of other processes, through a duplicated descriptor, and Unix sockets that tell who is at the other end. */
@Export
@Version("0.1.0")
@NullMarked
package org.sallyport.linux.socket;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
