@NullMarked
package org.sallyport.ike.internal.eap;

import org.jspecify.annotations.NullMarked;
