/** Waiting for descriptors (epoll) and being woken by another thread (eventfd). */
@Export
@Version("0.1.0")
@NullMarked
package org.sallyport.linux.poll;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
