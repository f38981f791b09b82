package org.sallyport.classifier.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Settings of the data plane; a change of them takes effect when the bundle is started anew. */
@ObjectClassDefinition(
        name = "Sallyport data plane",
        description = "The threads that carry packets between the protected interface and the network")
@interface ClassifierConfig {
    @AttributeDefinition(
            name = "Workers",
            description = "Each has a thread out and a thread in. 1 to 64; stays as it was first until a restart",
            min = "1",
            max = "64")
    int workers() default 1;

    @AttributeDefinition(
            name = "Segmentation",
            description =
                    "Whether the network card, or the kernel, cuts what is sent (UDP segmentation offload). Switch it"
                            + " off where a capture on the wire shall see single packets")
    boolean segmentation() default true;

    @AttributeDefinition(
            name = "MTU",
            description = "MTU of the protected interface in octets. 1280 to 65535",
            min = "1280",
            max = "65535")
    int mtu() default 1400;
}
