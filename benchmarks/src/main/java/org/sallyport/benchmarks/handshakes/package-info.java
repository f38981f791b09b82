/** How much a responder works for each handshake: ours and strongSwan's, side by side, under the same load. */
@NullMarked
package org.sallyport.benchmarks.handshakes;

import org.jspecify.annotations.NullMarked;
