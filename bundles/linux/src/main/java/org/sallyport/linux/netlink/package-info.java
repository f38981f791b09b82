/** Addresses, links, routes and policy rules of a network namespace, and news of their changes (rtnetlink). */
@Export
@Version("0.1.0")
@NullMarked
package org.sallyport.linux.netlink;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
