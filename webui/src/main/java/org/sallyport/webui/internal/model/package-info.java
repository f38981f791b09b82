/** What the console shows: the appliance as its services tell it, sampled once for everybody who looks. */
@NullMarked
package org.sallyport.webui.internal.model;

import org.jspecify.annotations.NullMarked;
