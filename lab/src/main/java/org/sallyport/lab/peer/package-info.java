/** What stands on the other side: strongSwan, a web server, and numbered traffic that shows every loss. */
@NullMarked
package org.sallyport.lab.peer;

import org.jspecify.annotations.NullMarked;
