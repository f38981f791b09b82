package org.sallyport.pools.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** One pool of addresses */
@ObjectClassDefinition(name = "Sallyport address pool", description = "Addresses that peers are given")
@interface PoolKeys {
    @AttributeDefinition(name = "Schema version", description = "1")
    String schema$_$version() default "1";

    @AttributeDefinition(name = "Addresses", description = "Networks, ranges and addresses, with commas between")
    String addresses();

    @AttributeDefinition(name = "DNS servers", description = "Addresses, with commas between", required = false)
    String dns$_$servers();

    @AttributeDefinition(
            name = "Subnets",
            description = "What is reached through the tunnel; empty for everything",
            required = false)
    String subnets();

    @AttributeDefinition(name = "Domains", description = "Whose names the DNS servers are asked for", required = false)
    String domains();
}
