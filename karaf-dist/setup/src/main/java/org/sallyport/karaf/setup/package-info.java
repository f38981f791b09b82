/**
 * What an instance needs before Karaf can run: its directory, and keys, passwords and a certificate that are its own.
 * Runs as a plain program ({@link org.sallyport.karaf.setup.Setup}); inside Karaf the same jar checks
 * passwords.
 */
@NullMarked
package org.sallyport.karaf.setup;

import org.jspecify.annotations.NullMarked;
