/** Finds out who asks for a flow. */
@NullMarked
package org.sallyport.interceptor.internal.requester;

import org.jspecify.annotations.NullMarked;
