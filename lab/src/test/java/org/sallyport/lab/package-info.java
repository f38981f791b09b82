@NullMarked
package org.sallyport.lab;

import org.jspecify.annotations.NullMarked;
