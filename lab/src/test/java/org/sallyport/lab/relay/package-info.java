@NullMarked
package org.sallyport.lab.relay;

import org.jspecify.annotations.NullMarked;
