package org.sallyport.example.toy;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** {@code etc/org.sallyport.example.toy.cfg}. */
@ObjectClassDefinition(name = "EXAMPLE: toy negotiator", description = "A protocol for study")
@interface ToySettings {
    @AttributeDefinition(name = "UDP port", description = "Ours, and that of every peer", min = "1", max = "65535")
    int port() default 4545;
}
