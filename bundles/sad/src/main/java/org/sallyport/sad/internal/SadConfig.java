package org.sallyport.sad.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** What an administrator may set of the SAD, in {@code etc/org.sallyport.sad.cfg}. */
@ObjectClassDefinition(
        name = "Security associations",
        description = "Bounds of the SAD, and from where its SPIs are drawn; a change touches no SA that stands")
@interface SadConfig {
    @AttributeDefinition(
            name = "Lowest SPI",
            description = "Inbound SPIs are drawn from here on; gateways of one cluster need ranges apart. 256 and up",
            min = "256",
            max = "4294967295")
    long spi_first() default 256;

    @AttributeDefinition(name = "Highest SPI", description = "Up to 4294967295", min = "256", max = "4294967295")
    long spi_last() default 0xffff_ffffL;

    @AttributeDefinition(
            name = "Most SAs",
            description = "Both directions of a pair count. 2 and up",
            min = "2",
            max = "2000000")
    int maximum_sas() default 200_000;

    @AttributeDefinition(
            name = "Sequence numbers in a grant",
            description = "How many packets a worker may send before it has to ask. 1024 to 16777216",
            min = "1024",
            max = "16777216")
    int sequence_grant() default 1 << 20;

    @AttributeDefinition(
            name = "Jitter of soft lifetimes, percent",
            description =
                    "An SA is rekeyed up to so much earlier, so that both ends and many SAs do not ask at once. 0 to 50",
            min = "0",
            max = "50")
    int rekey_jitter_percent() default 10;

    @AttributeDefinition(
            name = "Most leases",
            description = "Sockets and forwarded flows that use SAs, all together. 1 to 10000000",
            min = "1",
            max = "10000000")
    int maximum_leases() default 500_000;

    @AttributeDefinition(
            name = "Most leases of one SA",
            description = "Sockets and forwarded flows that use one SA and its successors. 1 to 10000000",
            min = "1",
            max = "10000000")
    int maximum_leases_per_lineage() default 200_000;
}
