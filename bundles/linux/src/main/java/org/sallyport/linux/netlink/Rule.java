package org.sallyport.linux.netlink;

import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A policy routing rule. Immutable; made by {@link #builder}. Note that {@link Builder#inverted} turns the whole
 * condition round, not its mark alone.
 */
public final class Rule {
    private final Family family;
    private final int priority;
    private final RuleAction action;
    private final int table;
    private final int target;
    private final boolean inverted;
    private final @Nullable Prefix source;
    private final @Nullable Prefix destination;
    private final int mark;
    private final int markMask;
    private final int ipProtocol;
    private final @Nullable Ports sourcePorts;
    private final @Nullable Ports destinationPorts;
    private final @Nullable String inputInterface;
    private final @Nullable String outputInterface;
    private final int protocol;

    /**
     * An inclusive range of ports. The kernel does not take 65535 as its end.
     *
     * @param first 1 to 65534
     * @param last 1 to 65534, not below {@code first}
     */
    public record Ports(int first, int last) {
        public Ports {
            if (first < 1 || last > 65534 || first > last) {
                throw new IllegalArgumentException(first + "-" + last + " is no range of ports from 1 to 65534");
            }
        }
    }

    private Rule(Builder builder) {
        family = builder.family;
        priority = builder.priority;
        action = builder.action;
        table = builder.table;
        target = builder.target;
        inverted = builder.inverted;
        source = builder.source;
        destination = builder.destination;
        mark = builder.mark;
        markMask = builder.markMask;
        ipProtocol = builder.ipProtocol;
        sourcePorts = builder.sourcePorts;
        destinationPorts = builder.destinationPorts;
        inputInterface = builder.inputInterface;
        outputInterface = builder.outputInterface;
        protocol = builder.protocol;
    }

    /**
     * Starts a rule.
     *
     * @param priority its place, lower ones are asked first
     */
    public static Builder builder(Family family, int priority) {
        return new Builder(family, priority);
    }

    public Family family() {
        return family;
    }

    public int priority() {
        return priority;
    }

    public RuleAction action() {
        return action;
    }

    /** Returns the table that LOOKUP asks. */
    public int table() {
        return table;
    }

    /** Returns the priority at which GOTO goes on. */
    public int target() {
        return target;
    }

    /** Tells whether it matches what its conditions, taken together, do not. */
    public boolean inverted() {
        return inverted;
    }

    public Optional<Prefix> source() {
        return Optional.ofNullable(source);
    }

    public Optional<Prefix> destination() {
        return Optional.ofNullable(destination);
    }

    public int mark() {
        return mark;
    }

    /** Returns which bits of the mark count, 0 for none. */
    public int markMask() {
        return markMask;
    }

    /** Returns the IP protocol, 0 for any. */
    public int ipProtocol() {
        return ipProtocol;
    }

    public Optional<Ports> sourcePorts() {
        return Optional.ofNullable(sourcePorts);
    }

    public Optional<Ports> destinationPorts() {
        return Optional.ofNullable(destinationPorts);
    }

    public Optional<String> inputInterface() {
        return Optional.ofNullable(inputInterface);
    }

    public Optional<String> outputInterface() {
        return Optional.ofNullable(outputInterface);
    }

    /** Returns who made it, 0 unspecified. */
    public int protocol() {
        return protocol;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Rule r && toString().equals(r.toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    /** Everything that makes up the rule, as iproute2 words it. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder()
                .append(family == Family.IPV4 ? "-4 " : "-6 ")
                .append(priority)
                .append(": ")
                .append(inverted ? "not " : "")
                .append("from ")
                .append(Objects.requireNonNullElse(source, "all"));
        add(text, "to", destination);
        add(text, "fwmark", markMask == 0 ? null : String.format("%#x/%#x", mark, markMask));
        add(text, "iif", inputInterface);
        add(text, "oif", outputInterface);
        add(text, "ipproto", ipProtocol == 0 ? null : ipProtocol);
        add(text, "sport", sourcePorts);
        add(text, "dport", destinationPorts);
        text.append(' ').append(action.name().toLowerCase(Locale.ROOT));
        add(text, "table", action == RuleAction.LOOKUP ? Integer.toUnsignedString(table) : null);
        add(text, "target", action == RuleAction.GOTO ? target : null);
        add(text, "proto", protocol);
        return text.toString();
    }

    private static void add(StringBuilder text, String key, @Nullable Object value) {
        if (value instanceof Ports ports) {
            text.append(' ')
                    .append(key)
                    .append(' ')
                    .append(ports.first)
                    .append('-')
                    .append(ports.last);
        } else if (value != null) {
            text.append(' ').append(key).append(' ').append(value);
        }
    }

    /** Collects a rule. Not thread safe. */
    public static final class Builder {
        private final Family family;
        private final int priority;
        private RuleAction action = RuleAction.NOP;
        private int table;
        private int target;
        private boolean inverted;
        private @Nullable Prefix source;
        private @Nullable Prefix destination;
        private int mark;
        private int markMask;
        private int ipProtocol;
        private @Nullable Ports sourcePorts;
        private @Nullable Ports destinationPorts;
        private @Nullable String inputInterface;
        private @Nullable String outputInterface;
        private int protocol;

        private Builder(Family family, int priority) {
            this.family = family;
            this.priority = priority;
        }

        /** Makes it ask this table. */
        public Builder lookup(int value) {
            action = RuleAction.LOOKUP;
            table = value;
            return this;
        }

        /** Makes it go on at the rule with this priority, which is higher than its own. */
        public Builder goTo(int priorityOfTarget) {
            action = RuleAction.GOTO;
            target = priorityOfTarget;
            return this;
        }

        /** Makes it do something that needs neither table nor target. */
        public Builder action(RuleAction value) {
            action = value;
            return this;
        }

        public Builder inverted(boolean value) {
            inverted = value;
            return this;
        }

        public Builder source(@Nullable Prefix value) {
            source = value;
            return this;
        }

        public Builder destination(@Nullable Prefix value) {
            destination = value;
            return this;
        }

        public Builder mark(int value, int mask) {
            mark = value;
            markMask = mask;
            return this;
        }

        public Builder ipProtocol(int value) {
            ipProtocol = value;
            return this;
        }

        public Builder sourcePorts(@Nullable Ports value) {
            sourcePorts = value;
            return this;
        }

        public Builder destinationPorts(@Nullable Ports value) {
            destinationPorts = value;
            return this;
        }

        public Builder inputInterface(@Nullable String value) {
            inputInterface = value;
            return this;
        }

        public Builder outputInterface(@Nullable String value) {
            outputInterface = value;
            return this;
        }

        public Builder protocol(int value) {
            protocol = value;
            return this;
        }

        public Rule build() {
            return new Rule(this);
        }
    }
}
