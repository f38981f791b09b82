@NullMarked
package org.sallyport.linux.tcp.internal;

import org.jspecify.annotations.NullMarked;
