package org.sallyport.linux.netlink;

/**
 * Something changed in the routing. Immutable.
 *
 * @param topic what changed
 * @param removed whether it went away
 * @param table the routing table of a route or rule, else 0
 * @param linkIndex the link's number of a link or an address, else 0
 */
public record RoutingChange(Topic topic, boolean removed, int table, int linkIndex) {
    /** What can change. */
    public enum Topic {
        LINK,
        ADDRESS,
        ROUTE,
        RULE,
        /** News were lost: look at everything. */
        LOST
    }
}
