/** What the rewritten classes call; loaded by the boot class loader, so it depends on {@code java.base} alone. */
@NullMarked
package org.sallyport.karaf.boot;

import org.jspecify.annotations.NullMarked;
