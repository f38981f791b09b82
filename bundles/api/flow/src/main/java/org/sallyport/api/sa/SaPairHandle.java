package org.sallyport.api.sa;

/**
 * The data plane's word that a pair of SAs carries traffic: only once it was given may a held call go on. Immutable.
 *
 * @param lineage whose pair it is
 * @param inbound our SPI
 * @param outbound the peer's SPI
 */
public record SaPairHandle(ChildSaId lineage, SpiKey inbound, SpiKey outbound) {}
