/**
 * An example: a whole negotiator of a protocol of its own. Two messages agree on keys, two more on a pair of SAs; the
 * README next to the pom tells how it is built, installed, used and removed. For study, and not for anything you want to
 * keep secret: nobody but its authors has looked at this protocol.
 */
@NullMarked
package org.sallyport.example.toy;

import org.jspecify.annotations.NullMarked;
