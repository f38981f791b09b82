/** Who answers what a session asks about identities: the authentication and EAP methods there are. */
@NullMarked
package org.sallyport.ike.internal.authentication;

import org.jspecify.annotations.NullMarked;
