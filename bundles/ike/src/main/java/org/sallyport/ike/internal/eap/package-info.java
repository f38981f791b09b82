/** EAP inside IKE_AUTH (RFC 3748, RFC 7296 section 2.16), both sides of it. */
@NullMarked
package org.sallyport.ike.internal.eap;

import org.jspecify.annotations.NullMarked;
