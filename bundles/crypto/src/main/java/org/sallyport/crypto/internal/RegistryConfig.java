package org.sallyport.crypto.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Settings of the algorithm registry; what is installed already keeps the implementation that it has. */
@ObjectClassDefinition(name = "Sallyport cryptography", description = "Which implementations of algorithms are used")
@interface RegistryConfig {
    @AttributeDefinition(
            name = "Left out",
            description = "Names of providers that are not used though they are there, such as ipsec-mb or libcrypto,"
                    + " separated by commas")
    String leave_out() default "";
}
