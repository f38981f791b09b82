@NullMarked
package org.sallyport.ike.internal.core.task;

import org.jspecify.annotations.NullMarked;
