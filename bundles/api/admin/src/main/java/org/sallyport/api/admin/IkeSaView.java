package org.sallyport.api.admin;

import java.time.Duration;
import org.sallyport.api.sa.IkeSaId;

/**
 * An IKE SA as people see it. Immutable.
 *
 * @param id its name
 * @param peerIdentity who the peer proved to be, or is to prove
 * @param initiatorSpi in hexadecimal
 * @param responderSpi in hexadecimal
 * @param initiator whether we initiated it
 * @param state in words: "connecting", "established", "rekeying", "deleting"
 * @param algorithms in readable form
 * @param path in readable form
 * @param age since it was established
 * @param untilRekey until its soft lifetime is over
 */
public record IkeSaView(
        IkeSaId id,
        String peerIdentity,
        String initiatorSpi,
        String responderSpi,
        boolean initiator,
        String state,
        String algorithms,
        String path,
        Duration age,
        Duration untilRekey) {}
