package org.sallyport.classifier.internal.parking;

import java.time.Duration;

/**
 * What an outsider can make us keep. Immutable.
 *
 * @param flows parked at once
 * @param packets parked at once
 * @param octets of memory for packets, of which each takes whole cells of {@link CellStore#CELL}
 * @param packetsPerFlow parked at once
 * @param longest how long a packet stays at the most, whatever the gate says
 */
public record ParkingBounds(int flows, int packets, long octets, int packetsPerFlow, Duration longest) {
    /** Of each bound one source address gets this part. */
    private static final int PART_OF_A_SOURCE = 4;

    /** The cap on a packet's stay. */
    public static final Duration LONGEST = Duration.ofHours(1);

    /** Returns each worker's part, since none shares with another. */
    public ParkingBounds dividedBy(int workers) {
        return new ParkingBounds(
                Math.max(1, flows / workers),
                Math.max(1, packets / workers),
                Math.max(CellStore.SLAB, octets / workers),
                packetsPerFlow,
                longest);
    }

    int cells() {
        return (int) (octets / CellStore.CELL);
    }

    int flowsOfOneSource() {
        return Math.max(1, flows / PART_OF_A_SOURCE);
    }

    int packetsOfOneSource() {
        return Math.max(1, packets / PART_OF_A_SOURCE);
    }

    int cellsOfOneSource() {
        return Math.max(1, cells() / PART_OF_A_SOURCE);
    }
}
