/**
 * An example: an authentication method of its own. The README next to the pom tells how it is built, installed, used and
 * removed.
 */
@NullMarked
package org.sallyport.example.token;

import org.jspecify.annotations.NullMarked;
