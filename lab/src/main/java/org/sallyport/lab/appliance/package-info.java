/** A Sallyport appliance in a namespace of its own, driven from outside. */
@NullMarked
package org.sallyport.lab.appliance;

import org.jspecify.annotations.NullMarked;
