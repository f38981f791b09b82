/** Finding an SA by policy and flow among very many: the SAD and the data plane look alike. */
@Export
@Version("0.1.0")
@NullMarked
package org.sallyport.api.flow.index;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
