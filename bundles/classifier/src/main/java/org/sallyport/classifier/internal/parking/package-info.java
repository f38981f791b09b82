/** Packets that came before their SA: what is kept of them, within which bounds, and who is asked. */
@NullMarked
package org.sallyport.classifier.internal.parking;

import org.jspecify.annotations.NullMarked;
