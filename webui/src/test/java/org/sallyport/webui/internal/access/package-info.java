@NullMarked
package org.sallyport.webui.internal.access;

import org.jspecify.annotations.NullMarked;
