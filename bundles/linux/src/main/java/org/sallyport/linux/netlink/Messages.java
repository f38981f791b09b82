package org.sallyport.linux.netlink;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.sallyport.linux.internal.netlink.Attributes;
import org.sallyport.linux.internal.netlink.MessageWriter;

/** How routes and rules look on the wire (linux/rtnetlink.h, linux/fib_rules.h). */
final class Messages {
    static final int NEW_LINK = 16;
    static final int DELETE_LINK = 17;
    static final int GET_LINK = 18;
    static final int SET_LINK = 19;
    static final int NEW_ADDRESS = 20;
    static final int DELETE_ADDRESS = 21;
    static final int GET_ADDRESS = 22;
    static final int NEW_ROUTE = 24;
    static final int DELETE_ROUTE = 25;
    static final int GET_ROUTE = 26;
    static final int NEW_RULE = 32;
    static final int DELETE_RULE = 33;
    static final int GET_RULE = 34;

    private static final int RTA_DST = 1;
    private static final int RTA_SRC = 2;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int RTA_PRIORITY = 6;
    private static final int RTA_PREFSRC = 7;
    private static final int RTA_METRICS = 8;
    private static final int RTAX_MTU = 2;
    private static final int RTA_TABLE = 15;
    private static final int RTA_MARK = 16;
    private static final int RTA_IP_PROTO = 27;
    private static final int RTA_SPORT = 28;
    private static final int RTA_DPORT = 29;
    private static final int SCOPE_LINK = 253;
    private static final int LOOKUP_TABLE = 0x1000;
    private static final int CLONED = 0x200;

    private static final int FRA_DST = 1;
    private static final int FRA_SRC = 2;
    private static final int FRA_IIFNAME = 3;
    private static final int FRA_GOTO = 4;
    private static final int FRA_PRIORITY = 6;
    private static final int FRA_FWMARK = 10;
    private static final int FRA_TABLE = 15;
    private static final int FRA_FWMASK = 16;
    private static final int FRA_OIFNAME = 17;
    private static final int FRA_PROTOCOL = 21;
    private static final int FRA_IP_PROTO = 22;
    private static final int FRA_SPORT_RANGE = 23;
    private static final int FRA_DPORT_RANGE = 24;
    private static final int RULE_INVERT = 2;

    private static final int BODY = MessageWriter.HEADER;
    private static final int ATTRIBUTES = BODY + 12;

    private Messages() {}

    static MessageWriter routeQuery(Family family, int table, int flags) {
        return routeHeader(GET_ROUTE, flags, family.number(), 0, 0, 0, 0, 0).attribute(RTA_TABLE, table);
    }

    /** The kernel filters by the maker, so that a large table costs nothing. */
    static MessageWriter routeQueryByMaker(Family family, int protocol, int flags) {
        return routeHeader(GET_ROUTE, flags, family.number(), 0, protocol, 0, 0, 0);
    }

    static MessageWriter route(int messageType, int flags, Route route) {
        boolean onLink = route.type() == RouteType.UNICAST
                && route.gateway().isEmpty()
                && route.destination().family() == Family.IPV4;
        MessageWriter writer = routeHeader(
                messageType,
                flags,
                route.destination().family().number(),
                route.destination().length(),
                route.protocol(),
                onLink ? SCOPE_LINK : 0,
                route.type().number(),
                0);
        writer.attribute(RTA_TABLE, route.table());
        if (route.destination().length() > 0) {
            writer.attribute(RTA_DST, route.destination().address());
        }
        if (route.metric() != 0) {
            writer.attribute(RTA_PRIORITY, route.metric());
        }
        if (route.linkIndex() != 0) {
            writer.attribute(RTA_OIF, route.linkIndex());
        }
        route.gateway().ifPresent(a -> writer.attribute(RTA_GATEWAY, a));
        route.source().ifPresent(a -> writer.attribute(RTA_PREFSRC, a));
        return writer;
    }

    static Optional<Route> readRoute(ByteBuffer message) {
        if ((message.getInt(BODY + 8) & CLONED) != 0) {
            return Optional.empty();
        }
        Attributes attributes = Attributes.read(message, ATTRIBUTES);
        Family family = family(message);
        Prefix destination = prefix(family, attributes.address(RTA_DST), message.get(BODY + 1) & 0xff);
        return Optional.of(Route.builder(destination)
                .table(attributes.word(RTA_TABLE).orElse(message.get(BODY + 4) & 0xff))
                .protocol(message.get(BODY + 5) & 0xff)
                .type(RouteType.of(message.get(BODY + 7) & 0xff))
                .metric(attributes.word(RTA_PRIORITY).orElse(0))
                .linkIndex(attributes.word(RTA_OIF).orElse(0))
                .gateway(attributes.address(RTA_GATEWAY).orElse(null))
                .source(attributes.address(RTA_PREFSRC).orElse(null))
                .build());
    }

    static MessageWriter lookup(RouteQuery query) {
        Family family = Family.of(query.destination());
        int sourceBits = query.source() == null ? 0 : family.bits();
        MessageWriter writer = new MessageWriter(GET_ROUTE, 0)
                .octet(family.number())
                .octet(family.bits())
                .octet(sourceBits)
                .octet(0)
                .octet(0)
                .octet(0)
                .octet(0)
                .octet(0)
                .word(family == Family.IPV4 ? LOOKUP_TABLE : 0)
                .attribute(RTA_DST, query.destination());
        if (query.source() != null) {
            writer.attribute(RTA_SRC, query.source());
        }
        number(writer, RTA_MARK, query.mark());
        number(writer, RTA_OIF, query.linkIndex());
        if (query.ipProtocol() != 0) {
            writer.attributeOctet(RTA_IP_PROTO, query.ipProtocol());
        }
        port(writer, RTA_SPORT, query.sourcePort());
        port(writer, RTA_DPORT, query.destinationPort());
        return writer;
    }

    static RouteAnswer readAnswer(ByteBuffer message) {
        Attributes attributes = Attributes.read(message, ATTRIBUTES);
        return new RouteAnswer(
                attributes.address(RTA_PREFSRC).or(() -> attributes.address(RTA_SRC)),
                attributes.address(RTA_GATEWAY),
                attributes.word(RTA_OIF).orElse(0),
                attributes.word(RTA_TABLE).orElse(message.get(BODY + 4) & 0xff),
                RouteType.of(message.get(BODY + 7) & 0xff),
                attributes.nested(RTA_METRICS).word(RTAX_MTU).orElse(0));
    }

    static MessageWriter rule(int messageType, int flags, Rule rule) {
        MessageWriter writer = ruleHeader(
                messageType,
                flags,
                rule.family(),
                rule.destination().map(Prefix::length).orElse(0),
                rule.source().map(Prefix::length).orElse(0),
                0,
                rule.action().number(),
                rule.inverted() ? RULE_INVERT : 0);
        writer.attribute(FRA_PRIORITY, rule.priority());
        rule.destination().ifPresent(p -> prefix(writer, FRA_DST, p));
        rule.source().ifPresent(p -> prefix(writer, FRA_SRC, p));
        if (rule.markMask() != 0) {
            writer.attribute(FRA_FWMARK, rule.mark()).attribute(FRA_FWMASK, rule.markMask());
        }
        if (rule.action() == RuleAction.LOOKUP) {
            writer.attribute(FRA_TABLE, rule.table());
        }
        if (rule.action() == RuleAction.GOTO) {
            writer.attribute(FRA_GOTO, rule.target());
        }
        if (rule.ipProtocol() != 0) {
            writer.attributeOctet(FRA_IP_PROTO, rule.ipProtocol());
        }
        rule.sourcePorts().ifPresent(p -> writer.attributeHalves(FRA_SPORT_RANGE, p.first(), p.last()));
        rule.destinationPorts().ifPresent(p -> writer.attributeHalves(FRA_DPORT_RANGE, p.first(), p.last()));
        rule.inputInterface().ifPresent(i -> writer.attribute(FRA_IIFNAME, i));
        rule.outputInterface().ifPresent(o -> writer.attribute(FRA_OIFNAME, o));
        if (rule.protocol() != 0) {
            writer.attributeOctet(FRA_PROTOCOL, rule.protocol());
        }
        return writer;
    }

    static Rule readRule(ByteBuffer message) {
        Attributes attributes = Attributes.read(message, ATTRIBUTES);
        Family family = family(message);
        Rule.Builder builder = Rule.builder(
                        family, attributes.word(FRA_PRIORITY).orElse(0))
                .source(bounded(family, attributes.address(FRA_SRC), message.get(BODY + 2) & 0xff))
                .destination(bounded(family, attributes.address(FRA_DST), message.get(BODY + 1) & 0xff))
                .inverted((message.getInt(BODY + 8) & RULE_INVERT) != 0)
                .mark(
                        attributes.word(FRA_FWMARK).orElse(0),
                        attributes.word(FRA_FWMASK).orElse(0))
                .ipProtocol(attributes.octet(FRA_IP_PROTO).orElse(0))
                .sourcePorts(ports(attributes.halves(FRA_SPORT_RANGE)))
                .destinationPorts(ports(attributes.halves(FRA_DPORT_RANGE)))
                .inputInterface(attributes.text(FRA_IIFNAME).orElse(null))
                .outputInterface(attributes.text(FRA_OIFNAME).orElse(null))
                .protocol(attributes.octet(FRA_PROTOCOL).orElse(0));
        RuleAction action = RuleAction.of(message.get(BODY + 7) & 0xff);
        return switch (action) {
            case LOOKUP ->
                builder.lookup(attributes.word(FRA_TABLE).orElse(message.get(BODY + 4) & 0xff))
                        .build();
            case GOTO -> builder.goTo(attributes.word(FRA_GOTO).orElse(0)).build();
            default -> builder.action(action).build();
        };
    }

    static MessageWriter ruleHeader(
            int messageType,
            int flags,
            Family family,
            int destinationBits,
            int sourceBits,
            int table,
            int action,
            int ruleFlags) {
        return new MessageWriter(messageType, flags)
                .octet(family.number())
                .octet(destinationBits)
                .octet(sourceBits)
                .octet(0)
                .octet(table)
                .octet(0)
                .octet(0)
                .octet(action)
                .word(ruleFlags);
    }

    private static MessageWriter routeHeader(
            int messageType,
            int flags,
            int family,
            int destinationBits,
            int protocol,
            int scope,
            int type,
            int routeFlags) {
        return new MessageWriter(messageType, flags)
                .octet(family)
                .octet(destinationBits)
                .octet(0)
                .octet(0)
                .octet(0)
                .octet(protocol)
                .octet(scope)
                .octet(type)
                .word(routeFlags);
    }

    private static Family family(ByteBuffer message) {
        return message.get(BODY) == Family.IPV4.number() ? Family.IPV4 : Family.IPV6;
    }

    private static @Nullable Prefix bounded(Family family, Optional<InetAddress> address, int length) {
        return length == 0 ? null : prefix(family, address, length);
    }

    private static Prefix prefix(Family family, Optional<InetAddress> address, int length) {
        return new Prefix(address.orElseGet(() -> unspecified(family)), length);
    }

    private static InetAddress unspecified(Family family) {
        try {
            return InetAddress.getByAddress(new byte[family.bits() / 8]);
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException("4 and 16 octets make an address", e);
        }
    }

    private static Rule.@Nullable Ports ports(OptionalInt halves) {
        return halves.isEmpty() ? null : new Rule.Ports(halves.getAsInt() >>> 16, halves.getAsInt() & 0xffff);
    }

    private static void prefix(MessageWriter writer, int type, Prefix prefix) {
        if (prefix.length() > 0) {
            writer.attribute(type, prefix.address());
        }
    }

    private static void number(MessageWriter writer, int type, int value) {
        if (value != 0) {
            writer.attribute(type, value);
        }
    }

    private static void port(MessageWriter writer, int type, int value) {
        if (value != 0) {
            writer.attributeNetworkHalf(type, value);
        }
    }
}
