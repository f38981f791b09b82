package org.sallyport.api.sa;

import java.util.Optional;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.reason.Reason;

/**
 * The SAD (RFC 4301 section 4.4.2): owns every SA, whichever negotiator made it. The order is always reserveSpi,
 * installInbound, activateOutbound, retire, delete: what can be received is in place before anything can be sent. A pair
 * is named by its inbound SPI. Thread safe; calls for one pair come from one negotiator, one at a time.
 */
public interface SaTable {
    /** Gives a new IKE SA its name. */
    IkeSaId openIkeSa(ConnectionId connection);

    /** Gives a new lineage its name; it lives from its first activated pair to its last deleted one. */
    ChildSaId openLineage(IkeSaId ikeSa);

    /**
     * Reserves an inbound SPI that nobody else has. Those in use at once differ in as many low bits as twice their number
     * needs: a data plane's table may count on it to be fast, not to be right.
     *
     * @throws SaRefusedException when the bound on SAs is reached
     */
    SpiKey reserveSpi(IpsecProtocol protocol) throws SaRefusedException;

    /**
     * Reserves an inbound SPI for the successor of a lineage's pair: one whose packets go to the same worker, so that what
     * comes by the successor does not overtake what came before.
     *
     * @throws SaRefusedException when the bound on SAs is reached
     */
    default SpiKey reserveSpi(IpsecProtocol protocol, ChildSaId lineage) throws SaRefusedException {
        return reserveSpi(protocol);
    }

    /**
     * Makes the inbound SA ready to receive. The keys are copied to the slot; the caller closes its own. On an exception
     * the reservation stays, for {@link #delete}.
     *
     * @param inbound from {@link #reserveSpi}
     * @throws SaRefusedException when the PAD or the policy does not allow it, or no data plane takes it
     */
    void installInbound(SpiKey inbound, SaSpec spec, SaKeys keys) throws SaRefusedException;

    /**
     * Makes the outbound SA carry traffic; from here on it is preferred to older ones of its lineage.
     *
     * @param inbound the pair's inbound SPI, installed
     * @param peerSpi the SPI that the peer chose
     * @throws SaRefusedException when no data plane takes it
     */
    SaPairHandle activateOutbound(SpiKey inbound, int peerSpi, SaKeys keys) throws SaRefusedException;

    /** Stops sending by the pair while it still receives: after a rekey, before its DELETE. */
    void retire(SpiKey inbound);

    /** Ends a pair or gives a reservation back; wipes its keys. What is not there is passed over. */
    void delete(SpiKey inbound, Reason reason);

    /** Finds a lineage with an active pair under this policy entry whose selectors hold the flow. */
    Optional<ChildSaId> find(String policy, Flow flow);

    /** Returns the handle of a lineage's active pair, if it lives. */
    Optional<SaPairHandle> handle(ChildSaId lineage);
}
