/** What the network between two gateways takes (RFC 4301 section 8.2). */
@NullMarked
package org.sallyport.classifier.internal.path;

import org.jspecify.annotations.NullMarked;
