@NullMarked
package org.sallyport.capture.internal;

import org.jspecify.annotations.NullMarked;
