@NullMarked
package org.sallyport.pki.internal;

import org.jspecify.annotations.NullMarked;
