package org.sallyport.spd.internal.kernel;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.sallyport.linux.netlink.Family;
import org.sallyport.linux.netlink.Prefix;
import org.sallyport.linux.netlink.Rule;
import org.sallyport.linux.netlink.Rule.Ports;
import org.sallyport.spd.oracle.Oracle;
import org.sallyport.spd.oracle.Packet;

/**
 * What routing does with policy rules (fib_rules_lookup of the kernel): by priority, equal ones in the order in which
 * they were added; GOTO goes on at the first rule with its target. Ports of a later fragment are 0. The tables that the
 * rules look up are ours, which always answer. Behind our rules, everything goes its usual way.
 */
final class RuleModel {
    /** Where a packet goes. */
    enum Way {
        TUN,
        PROHIBITED,
        CLEAR
    }

    private final List<Rule> rules;

    RuleModel(List<Rule> rules) {
        this.rules =
                rules.stream().sorted(Comparator.comparingInt(Rule::priority)).toList();
    }

    Way route(Packet packet, int mark) {
        Family family = packet.ipv4() ? Family.IPV4 : Family.IPV6;
        int from = 0;
        for (Rule rule : rules) {
            if (rule.family() != family || rule.priority() < from || !holds(rule, packet, mark)) {
                continue;
            }
            switch (rule.action()) {
                case LOOKUP -> {
                    return Way.TUN;
                }
                case PROHIBIT -> {
                    return Way.PROHIBITED;
                }
                case GOTO -> {
                    from = rule.target();
                    if (rules.stream().noneMatch(r -> r.family() == family && r.priority() == rule.target())) {
                        throw new IllegalStateException("a rule leads nowhere: " + rule);
                    }
                }
                case NOP -> {}
                default -> throw new IllegalStateException("not ours: " + rule);
            }
        }
        return Way.CLEAR;
    }

    private static boolean holds(Rule rule, Packet packet, int mark) {
        boolean ports = packet.hasPorts() && packet.shape() == Packet.Shape.WHOLE;
        return within(rule.source(), packet.source())
                && within(rule.destination(), packet.destination())
                && (rule.ipProtocol() == 0 || rule.ipProtocol() == packet.protocol())
                && within(rule.sourcePorts(), ports ? packet.sourcePort() : 0)
                && within(rule.destinationPorts(), ports ? packet.destinationPort() : 0)
                && (mark & rule.markMask()) == (rule.mark() & rule.markMask())
                && rule.inputInterface()
                        .map(i -> i.equals(packet.enteredBy().isEmpty() ? "lo" : packet.enteredBy()))
                        .orElse(true);
    }

    private static boolean within(Optional<Prefix> prefix, BigInteger address) {
        if (prefix.isEmpty()) {
            return true;
        }
        int rest = prefix.get().family().bits() - prefix.get().length();
        return Oracle.number(prefix.get().address()).shiftRight(rest).equals(address.shiftRight(rest));
    }

    private static boolean within(Optional<Ports> ports, int port) {
        return ports.map(p -> p.first() <= port && port <= p.last()).orElse(true);
    }
}
