@NullMarked
package org.sallyport.karaf.agent;

import org.jspecify.annotations.NullMarked;
