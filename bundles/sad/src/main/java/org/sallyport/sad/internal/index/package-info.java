/** Finding an SA by policy and flow among very many. */
@NullMarked
package org.sallyport.sad.internal.index;

import org.jspecify.annotations.NullMarked;
