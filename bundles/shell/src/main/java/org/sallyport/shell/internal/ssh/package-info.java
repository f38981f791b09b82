/** What Karaf's ssh server does to answers of commands, put right. */
@NullMarked
package org.sallyport.shell.internal.ssh;

import org.jspecify.annotations.NullMarked;
