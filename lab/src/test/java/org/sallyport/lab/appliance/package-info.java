@NullMarked
package org.sallyport.lab.appliance;

import org.jspecify.annotations.NullMarked;
