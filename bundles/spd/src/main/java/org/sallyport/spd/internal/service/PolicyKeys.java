package org.sallyport.spd.internal.service;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** One entry of the security policy database */
@ObjectClassDefinition(name = "Sallyport policy", description = "One entry of the security policy database")
@interface PolicyKeys {
    @AttributeDefinition(name = "Schema version", description = "1")
    String schema$_$version() default "1";

    @AttributeDefinition(name = "Order", description = "Lower ones are asked first, 0 to 1000000", required = false)
    String order() default "100";

    @AttributeDefinition(name = "Action", description = "protect, bypass or discard")
    String action();

    @AttributeDefinition(name = "Local addresses", description = "Addresses, networks or ranges of our side, or any")
    String local();

    @AttributeDefinition(
            name = "Remote addresses",
            description = "Addresses, networks or ranges of the other side, or any")
    String remote();

    @AttributeDefinition(name = "Protocol", description = "Name or number, or any", required = false)
    String protocol() default "any";

    @AttributeDefinition(name = "Local port", description = "A port, a range, or any", required = false)
    String local$_$port() default "any";

    @AttributeDefinition(name = "Remote port", description = "A port, a range, or any", required = false)
    String remote$_$port() default "any";

    @AttributeDefinition(name = "ICMP type", description = "A type, a range, or any", required = false)
    String icmp$_$type() default "any";

    @AttributeDefinition(name = "ICMP code", description = "A code, a range, or any", required = false)
    String icmp$_$code() default "any";

    @AttributeDefinition(name = "IGMP type", description = "A type, a range, or any", required = false)
    String igmp$_$type() default "any";

    @AttributeDefinition(name = "Interface", description = "Only forwarded traffic that enters by it", required = false)
    String interface$();

    @AttributeDefinition(
            name = "IPsec protocol",
            description = "esp, or ah, which authenticates and does not encrypt",
            required = false)
    String ipsec$_$protocol() default "esp";

    @AttributeDefinition(name = "Mode", description = "tunnel or transport", required = false)
    String mode() default "tunnel";

    @AttributeDefinition(
            name = "Peer",
            description = "The NAME of a file org.sallyport.peer-NAME.cfg; protect alone",
            required = false)
    String peer();

    @AttributeDefinition(name = "Proposals", description = "Best first, with commas between", required = false)
    String proposals() default "aes256gcm16-esn-noesn,aes128gcm16-esn-noesn";

    @AttributeDefinition(name = "Negotiator", description = "Who makes the security associations", required = false)
    String negotiator() default "ikev2";

    @AttributeDefinition(name = "Hard lifetime", description = "A duration", required = false)
    String lifetime$_$time() default "1h";

    @AttributeDefinition(
            name = "Soft lifetime",
            description = "A duration; nine tenths of the hard one unless set",
            required = false)
    String lifetime$_$time$_$soft();

    @AttributeDefinition(name = "Hard lifetime in octets", description = "A size, or none", required = false)
    String lifetime$_$bytes() default "none";

    @AttributeDefinition(
            name = "Soft lifetime in octets",
            description = "A size; nine tenths of the hard one unless set",
            required = false)
    String lifetime$_$bytes$_$soft();

    @AttributeDefinition(name = "Hard lifetime in packets", description = "A number, or none", required = false)
    String lifetime$_$packets() default "none";

    @AttributeDefinition(
            name = "Soft lifetime in packets",
            description = "A number; nine tenths of the hard one unless set",
            required = false)
    String lifetime$_$packets$_$soft();

    @AttributeDefinition(
            name = "Populate from packet",
            description = "Some of local-address, remote-address, protocol, local-port, remote-port",
            required = false)
    String pfp();

    @AttributeDefinition(
            name = "Hold time",
            description = "How long a request waits before it fails, at most 1h",
            required = false)
    String hold$_$time() default "30s";

    @AttributeDefinition(
            name = "Replay window",
            description = "Packets, a multiple of 64 from 64 to 8192",
            required = false)
    String replay$_$window() default "1024";

    @AttributeDefinition(
            name = "Linger",
            description = "How long an SA stays after its last use: a duration, 0s for at once, or lifetime",
            required = false)
    String linger() default "1m";

    @AttributeDefinition(
            name = "Packet refusal",
            description = "What parked packets get when no SA comes to stand: silence, unreachable or reset",
            required = false)
    String packet$_$refusal() default "reset";

    @AttributeDefinition(name = "Other address family", description = "default, discard or bypass", required = false)
    String other$_$family() default "default";
}
