/** Who is logged in at this host, as systemd-logind and utmp tell. */
@Export
@Version("0.1.0")
@NullMarked
package org.sallyport.linux.login;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
