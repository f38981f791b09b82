/** The policies in force, as services, and the files that they come from. */
@NullMarked
package org.sallyport.spd.internal.service;

import org.jspecify.annotations.NullMarked;
