@NullMarked
package org.sallyport.webui.internal.model;

import org.jspecify.annotations.NullMarked;
