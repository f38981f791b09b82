/** Reads policies and peers from what an administrator wrote, and says in words what is wrong with it. */
@NullMarked
package org.sallyport.spd.internal.config;

import org.jspecify.annotations.NullMarked;
