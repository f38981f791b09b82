/**
 * The Java agent that lets Karaf 4.4 run on JDK 24 and later, where a security manager cannot be enabled any more (JEP
 * 486) and {@code Subject.getSubject} always throws. It goes when Karaf runs there by itself.
 */
@NullMarked
package org.sallyport.karaf.agent;

import org.jspecify.annotations.NullMarked;
