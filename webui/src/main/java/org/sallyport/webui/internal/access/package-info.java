/** Who may do what: sign-in and its limits, roles, and the operations that change something. */
@NullMarked
package org.sallyport.webui.internal.access;

import org.jspecify.annotations.NullMarked;
