/** Numbered traffic through rekeys, and who lost what is lost. */
@NullMarked
package org.sallyport.lab.rekeys;

import org.jspecify.annotations.NullMarked;
