/** What has been shown against strongSwan, cell by cell, and what has to be. */
@NullMarked
package org.sallyport.lab.matrix;

import org.jspecify.annotations.NullMarked;
