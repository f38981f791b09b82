package org.sallyport.spd.internal.service;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** How policies are enforced in the kernel */
@ObjectClassDefinition(name = "Sallyport enforcement", description = "How policies are enforced in the kernel")
@interface EnforcementKeys {
    @AttributeDefinition(name = "Schema version", description = "1")
    String schema$_$version() default "1";

    @AttributeDefinition(
            name = "Guard",
            description = "on or off; off lets protected flows leave in clear",
            required = false)
    String guard() default "on";

    @AttributeDefinition(
            name = "Forwarded traffic without a policy",
            description = "discard or bypass",
            required = false)
    String forwarded$_$default() default "discard";

    @AttributeDefinition(
            name = "Administration ports",
            description = "TCP ports of this host that a change must not cut off unconfirmed, or none",
            required = false)
    String admin$_$ports() default "22";

    @AttributeDefinition(
            name = "Confirm within",
            description = "How long a change that needs confirmation stays without it, 10s to 1h",
            required = false)
    String confirm$_$within() default "60s";
}
