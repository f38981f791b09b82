@NullMarked
package org.sallyport.example.token;

import org.jspecify.annotations.NullMarked;
