/** Inner packets: parsing, checksums, splitting and joining. */
@NullMarked
package org.sallyport.classifier.internal.packet;

import org.jspecify.annotations.NullMarked;
