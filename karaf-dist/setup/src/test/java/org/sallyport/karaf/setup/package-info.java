@NullMarked
package org.sallyport.karaf.setup;

import org.jspecify.annotations.NullMarked;
