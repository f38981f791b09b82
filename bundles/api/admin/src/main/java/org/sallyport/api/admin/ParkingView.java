package org.sallyport.api.admin;

/**
 * Packets that came before their SA. Immutable.
 *
 * @param flows parked now
 * @param packets parked now
 * @param octets parked now
 * @param released packets sent since the start, once their SA stood
 * @param refused packets given up since the start, because no SA came to stand
 * @param repeated TCP's own repetitions of a parked SYN, swallowed
 * @param overflowed packets dropped since the start because a bound was reached
 */
public record ParkingView(
        int flows, int packets, long octets, long released, long refused, long repeated, long overflowed) {}
