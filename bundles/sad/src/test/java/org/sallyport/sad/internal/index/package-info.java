@NullMarked
package org.sallyport.sad.internal.index;

import org.jspecify.annotations.NullMarked;
