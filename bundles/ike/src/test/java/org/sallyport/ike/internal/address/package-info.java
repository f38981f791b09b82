@NullMarked
package org.sallyport.ike.internal.address;

import org.jspecify.annotations.NullMarked;
