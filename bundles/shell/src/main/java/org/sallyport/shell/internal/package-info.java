/** The commands {@code sallyport:*} of the Karaf shell. */
@Header(name = "Karaf-Commands", value = "org.sallyport.shell.internal")
@NullMarked
package org.sallyport.shell.internal;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Header;
