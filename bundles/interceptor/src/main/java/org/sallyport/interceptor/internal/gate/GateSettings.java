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

    @AttributeDefinition(name = "Parked flows", description = "Flows whose packets are parked at once", min = "1")
    int maximum_parked() default 16384;

    @AttributeDefinition(
            name = "Parked flows of one party",
            description = "Of one user's sockets, or of one address behind this host, at once",
            min = "1")
    int maximum_parked_per_party() default 4096;
}
