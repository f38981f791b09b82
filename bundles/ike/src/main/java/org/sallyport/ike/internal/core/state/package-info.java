/** What the negotiator knows of its IKE SAs: plain data, and the versioned schema of its checkpoints. */
@NullMarked
package org.sallyport.ike.internal.core.state;

import org.jspecify.annotations.NullMarked;
