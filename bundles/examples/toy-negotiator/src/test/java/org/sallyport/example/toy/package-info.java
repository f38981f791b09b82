@NullMarked
package org.sallyport.example.toy;

import org.jspecify.annotations.NullMarked;
