@NullMarked
package org.sallyport.lab.attack;

import org.jspecify.annotations.NullMarked;
