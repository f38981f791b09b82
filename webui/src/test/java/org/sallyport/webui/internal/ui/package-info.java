@NullMarked
package org.sallyport.webui.internal.ui;

import org.jspecify.annotations.NullMarked;
