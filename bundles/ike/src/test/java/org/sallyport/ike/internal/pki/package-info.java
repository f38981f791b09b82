@NullMarked
package org.sallyport.ike.internal.pki;

import org.jspecify.annotations.NullMarked;
