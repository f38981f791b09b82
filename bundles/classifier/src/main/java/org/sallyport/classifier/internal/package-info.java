/** The packet data plane as a service. */
@NullMarked
package org.sallyport.classifier.internal;

import org.jspecify.annotations.NullMarked;
