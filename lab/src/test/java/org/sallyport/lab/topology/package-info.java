@NullMarked
package org.sallyport.lab.topology;

import org.jspecify.annotations.NullMarked;
