/** The launcher in Java, for machines without a C compiler. */
@NullMarked
package org.sallyport.interceptor.launcher;

import org.jspecify.annotations.NullMarked;
