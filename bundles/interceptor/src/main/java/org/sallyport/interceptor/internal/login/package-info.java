/** Follows who is logged in, for policies that ask for it. */
@NullMarked
package org.sallyport.interceptor.internal.login;

import org.jspecify.annotations.NullMarked;
