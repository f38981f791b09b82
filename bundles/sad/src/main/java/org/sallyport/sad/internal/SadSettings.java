package org.sallyport.sad.internal;

/**
 * The configuration of the SAD, checked. Immutable.
 *
 * @param spiFirst lowest SPI to draw, 256 and up
 * @param spiLast highest SPI to draw
 * @param maximumPairs pairs of SAs, reservations included
 * @param sequenceGrant sequence numbers in a grant
 * @param jitterPercent how much earlier than its soft lifetime an SA may be rekeyed
 * @param maximumLeases leases on all lineages together
 * @param maximumLeasesPerLineage leases on one of them
 */
record SadSettings(
        long spiFirst,
        long spiLast,
        int maximumPairs,
        int sequenceGrant,
        int jitterPercent,
        int maximumLeases,
        int maximumLeasesPerLineage) {

    private static final String FILE = "etc/org.sallyport.sad.cfg";

    SadSettings {
        within("spi.first", spiFirst, 256, 0xffff_ffffL);
        within("spi.last", spiLast, spiFirst, 0xffff_ffffL);
        within("maximum.sas", 2L * maximumPairs, 2, 2_000_000);
        within("sequence.grant", sequenceGrant, 1024, 1 << 24);
        within("rekey.jitter.percent", jitterPercent, 0, 50);
        within("maximum.leases", maximumLeases, 1, 10_000_000);
        within("maximum.leases.per.lineage", maximumLeasesPerLineage, 1, 10_000_000);
        if (spiLast - spiFirst + 1 < 2L * maximumPairs) {
            throw new IllegalArgumentException(FILE + ": spi.first = " + spiFirst + ", spi.last = " + spiLast
                    + ": the range holds at least as many SPIs as maximum.sas = " + 2L * maximumPairs
                    + ", so that a free one is found at random");
        }
    }

    static SadSettings of(SadConfig config) {
        return new SadSettings(
                config.spi_first(),
                config.spi_last(),
                config.maximum_sas() / 2,
                config.sequence_grant(),
                config.rekey_jitter_percent(),
                config.maximum_leases(),
                config.maximum_leases_per_lineage());
    }

    private static void within(String key, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    FILE + ": " + key + " = " + value + ": accepted are " + least + " to " + most);
        }
    }
}
