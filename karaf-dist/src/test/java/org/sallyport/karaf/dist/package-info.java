@NullMarked
package org.sallyport.karaf.dist;

import org.jspecify.annotations.NullMarked;
