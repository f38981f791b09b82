/** People who log in at a host, as its login manager sees it. */
@NullMarked
package org.sallyport.lab.login;

import org.jspecify.annotations.NullMarked;
