@NullMarked
package org.sallyport.webui.internal;

import org.jspecify.annotations.NullMarked;
