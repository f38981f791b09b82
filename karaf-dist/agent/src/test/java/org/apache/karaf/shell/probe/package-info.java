/** In Karaf's name space, because the agent asks who creates a thread. */
@NullMarked
package org.apache.karaf.shell.probe;

import org.jspecify.annotations.NullMarked;
