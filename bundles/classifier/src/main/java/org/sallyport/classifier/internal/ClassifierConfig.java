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

    @AttributeDefinition(
            name = "Parked flows",
            description = "How many flows may wait for an SA at once; one source address gets a quarter. At least 16",
            min = "16",
            max = "1048576")
    int parked_flows() default 16384;

    @AttributeDefinition(
            name = "Parked packets",
            description = "How many packets may wait for an SA at once; one source address gets a quarter. At least 16",
            min = "16",
            max = "4194304")
    int parked_packets() default 65536;

    @AttributeDefinition(
            name = "Parked octets",
            description = "Memory for packets that wait for an SA, of which each takes a multiple of 256 octets; one"
                    + " source address gets a quarter. At least 1048576",
            min = "1048576",
            max = "4294967296")
    long parked_octets() default 33554432;

    @AttributeDefinition(
            name = "Parked packets of a flow",
            description = "How many packets of one flow may wait for an SA at once. At least 1",
            min = "1",
            max = "65536")
    int parked_packets_per_flow() default 64;

    @AttributeDefinition(
            name = "Flows",
            description = "How many flows that SAs carry are known at once, for leases. At least 1024",
            min = "1024",
            max = "16777216")
    int flows() default 262144;

    @AttributeDefinition(
            name = "Idle TCP",
            description = "Seconds after which a TCP connection that says nothing counts as over. At least 1",
            min = "1")
    int idle_tcp() default 3600;

    @AttributeDefinition(
            name = "Idle closed TCP",
            description = "Seconds after which a TCP connection counts as over that was closed by both sides, or reset."
                    + " At least 1",
            min = "1")
    int idle_tcp_closed() default 10;

    @AttributeDefinition(
            name = "Idle other",
            description = "Seconds after which a flow of another protocol that says nothing counts as over. At least 1",
            min = "1")
    int idle_other() default 60;
}
