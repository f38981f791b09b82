package org.sallyport.linux.udp.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Settings of the sockets that IKE and ESP go through; a change of them opens all sockets anew. */
@ObjectClassDefinition(name = "Sallyport UDP sockets", description = "The sockets of ports 500 and 4500")
public @interface UdpConfig {
    @AttributeDefinition(
            name = "Buffers",
            description = "Octets of each socket's buffers, one in and one out. 65536 to 268435456",
            min = "65536",
            max = "268435456")
    int buffer_octets() default 4194304;
}
