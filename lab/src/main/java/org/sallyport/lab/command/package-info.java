/** The commands, one class each. */
@NullMarked
package org.sallyport.lab.command;

import org.jspecify.annotations.NullMarked;
