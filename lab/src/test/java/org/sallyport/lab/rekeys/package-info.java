@NullMarked
package org.sallyport.lab.rekeys;

import org.jspecify.annotations.NullMarked;
