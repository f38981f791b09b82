package org.sallyport.api.admin;

/**
 * What was carried, over all SAs that stand and stood; rekeys do not reset it. Immutable.
 *
 * @param sent packets and octets
 * @param received packets and octets
 * @param dropped packets dropped on receipt, all reasons
 * @param pairs how many pairs of SAs were made
 */
public record TrafficTotals(ChildSaView.Traffic sent, ChildSaView.Traffic received, long dropped, long pairs) {}
