/** The seccomp front end: takes listeners from launchers, and brings each call that they stop to the gate. */
@NullMarked
package org.sallyport.interceptor.internal.seccomp;

import org.jspecify.annotations.NullMarked;
