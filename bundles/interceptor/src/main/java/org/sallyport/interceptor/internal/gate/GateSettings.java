package org.sallyport.interceptor.internal.gate;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** How much the gate holds. */
@ObjectClassDefinition(name = "Sallyport flow gate", description = "Bounds on held requests")
@interface GateSettings {
    @AttributeDefinition(name = "Held requests", description = "Requests held at once", min = "1")
    int maximum_holds() default 4096;

    @AttributeDefinition(name = "Held requests of one user", description = "Of one user at once", min = "1")
    int maximum_holds_per_user() default 1024;
}
