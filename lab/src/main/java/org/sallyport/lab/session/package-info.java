/** One run of the lab: everything started, the main job done, and what the witnesses say about it. */
@NullMarked
package org.sallyport.lab.session;

import org.jspecify.annotations.NullMarked;
