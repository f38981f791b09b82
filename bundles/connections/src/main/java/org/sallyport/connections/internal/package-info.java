/** What an administrator calls a connection: when it starts, how it stands, what became of it. */
@NullMarked
package org.sallyport.connections.internal;

import org.jspecify.annotations.NullMarked;
