@NullMarked
package org.sallyport.linux.internal;

import org.jspecify.annotations.NullMarked;
