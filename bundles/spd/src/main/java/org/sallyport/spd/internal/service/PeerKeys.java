package org.sallyport.spd.internal.service;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** One entry of the peer authorization database */
@ObjectClassDefinition(name = "Sallyport peer", description = "One entry of the peer authorization database")
@interface PeerKeys {
    @AttributeDefinition(name = "Schema version", description = "1")
    String schema$_$version() default "1";

    @AttributeDefinition(name = "Local address", description = "Our outer address, or any", required = false)
    String local$_$address() default "any";

    @AttributeDefinition(
            name = "Remote address",
            description = "The outer address of the peer, or any",
            required = false)
    String remote$_$address() default "any";

    @AttributeDefinition(
            name = "Local identity",
            description = "An address, a host name, user@host, fqdn:name or keyid:text")
    String local$_$identity();

    @AttributeDefinition(
            name = "Remote identity",
            description = "An address, a host name, user@host, fqdn:name or keyid:text")
    String remote$_$identity();

    @AttributeDefinition(name = "Authentication", description = "psk", required = false)
    String auth() default "psk";

    @AttributeDefinition(name = "Secret file", description = "Path of a file that only its owner may read")
    String secret$_$file();

    @AttributeDefinition(name = "IKE proposals", description = "Best first, with commas between", required = false)
    String ike$_$proposals() default
            "aes256gcm16-prfsha384-ecp384-x25519-ecp256,aes128gcm16-prfsha256-x25519-ecp256-ecp384";

    @AttributeDefinition(
            name = "Permitted local addresses",
            description = "What the peer may ask for on our side, or any",
            required = false)
    String permitted$_$local() default "any";

    @AttributeDefinition(
            name = "Permitted remote addresses",
            description = "What the peer may have on its side, or any",
            required = false)
    String permitted$_$remote() default "any";

    @AttributeDefinition(
            name = "Dead peer detection",
            description = "After how much silence the peer is asked whether it lives; 0s for never",
            required = false)
    String dpd$_$interval() default "30s";

    @AttributeDefinition(name = "Hard lifetime of the IKE SA", description = "A duration", required = false)
    String ike$_$lifetime() default "4h";

    @AttributeDefinition(
            name = "Soft lifetime of the IKE SA",
            description = "A duration; nine tenths of the hard one unless set",
            required = false)
    String ike$_$lifetime$_$soft();

    @AttributeDefinition(name = "First retransmission", description = "After how long", required = false)
    String retransmit$_$first() default "500ms";

    @AttributeDefinition(
            name = "Retransmission factor",
            description = "Each wait is this times the one before, 1.0 to 10.0",
            required = false)
    String retransmit$_$factor() default "2.0";

    @AttributeDefinition(
            name = "Retransmissions",
            description = "Before the peer counts as unreachable, 1 to 100",
            required = false)
    String retransmit$_$tries() default "6";

    @AttributeDefinition(
            name = "Start",
            description = "When its SAs are negotiated: on-demand, at-start or by-hand",
            required = false)
    String start() default "on-demand";

    @AttributeDefinition(
            name = "Pools",
            description = "Names of pools that give the peer its addresses",
            required = false)
    String pool();

    @AttributeDefinition(
            name = "Requested address",
            description = "What we ask the peer for: ipv4, ipv6, or an address of either",
            required = false)
    String request$_$address();

    @AttributeDefinition(
            name = "Uniqueness",
            description = "What becomes of an IKE SA when its peer comes with another one: no, never, keep or replace",
            required = false)
    String unique() default "no";

    @AttributeDefinition(
            name = "Reauthentication",
            description = "After how long an IKE SA that we initiated gives way to a new one; 0s for never",
            required = false)
    String reauth$_$time() default "0s";

    @AttributeDefinition(name = "MOBIKE", description = "on or off", required = false)
    String mobike() default "off";

    @AttributeDefinition(
            name = "Encapsulation",
            description = "How ESP travels: udp, raw where nobody on the way translates addresses, or with IKE in tcp",
            required = false)
    String encapsulation() default "udp";

    @AttributeDefinition(
            name = "TCP where UDP gets no answer",
            description = "Whether TCP is tried when the peer does not answer by UDP: on or off",
            required = false)
    String tcp$_$fallback() default "off";
}
