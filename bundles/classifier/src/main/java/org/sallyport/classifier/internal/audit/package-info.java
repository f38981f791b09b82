/** RFC 4301's and RFC 4303's auditable events, from the threads that carry packets to the journal. */
@NullMarked
package org.sallyport.classifier.internal.audit;

import org.jspecify.annotations.NullMarked;
