/** Vaadin in an OSGi HTTP whiteboard: servlet and servlet context. */
@NullMarked
package org.sallyport.webui.internal.server;

import org.jspecify.annotations.NullMarked;
