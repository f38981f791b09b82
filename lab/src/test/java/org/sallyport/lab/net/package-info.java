@NullMarked
package org.sallyport.lab.net;

import org.jspecify.annotations.NullMarked;
