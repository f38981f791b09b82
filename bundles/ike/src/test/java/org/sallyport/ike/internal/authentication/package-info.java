/** How identities are proven. */
@NullMarked
package org.sallyport.ike.internal.authentication;

import org.jspecify.annotations.NullMarked;
