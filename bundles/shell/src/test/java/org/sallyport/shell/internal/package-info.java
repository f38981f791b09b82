/** Tests of the commands. */
@NullMarked
package org.sallyport.shell.internal;

import org.jspecify.annotations.NullMarked;
