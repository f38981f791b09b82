/** Keys of IKE SAs and Child SAs, what AUTH signs, and the protection of SK payloads (RFC 7296 sections 2.13 to 2.18). */
@NullMarked
package org.sallyport.ike.internal.keys;

import org.jspecify.annotations.NullMarked;
