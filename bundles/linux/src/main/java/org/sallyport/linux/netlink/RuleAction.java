package org.sallyport.linux.netlink;

/** What a policy rule does with a lookup that it matches. */
public enum RuleAction {
    /** Looks the destination up in the rule's table. */
    LOOKUP(1),
    /** Goes on with the rule of a higher priority number. */
    GOTO(2),
    /** Does nothing: the target of a GOTO. */
    NOP(3),
    BLACKHOLE(6),
    UNREACHABLE(7),
    PROHIBIT(8),
    OTHER(0);

    private final int number;

    RuleAction(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    static RuleAction of(int number) {
        for (RuleAction action : values()) {
            if (action.number == number) {
                return action;
            }
        }
        return OTHER;
    }
}
