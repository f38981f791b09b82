/** The gate: decides on a socket's request, holds it, and has one negotiation serve all that wait for it. */
@NullMarked
package org.sallyport.interceptor.internal.gate;

import org.jspecify.annotations.NullMarked;
