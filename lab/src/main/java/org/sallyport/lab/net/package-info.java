/** Network namespaces, the links between them, and threads that live inside one. */
@NullMarked
package org.sallyport.lab.net;

import org.jspecify.annotations.NullMarked;
