@NullMarked
package org.sallyport.connections.internal;

import org.jspecify.annotations.NullMarked;
