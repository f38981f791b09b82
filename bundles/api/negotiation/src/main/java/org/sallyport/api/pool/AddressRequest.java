package org.sallyport.api.pool;

import java.net.InetAddress;
import java.util.List;
import org.sallyport.api.negotiation.Identity;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.sa.IkeSaId;

/**
 * A peer asks for addresses. Immutable.
 *
 * @param ikeSa the IKE SA by which it asks, and with which its lease ends
 * @param peer its entry
 * @param identity who it has proven to be; one of many where the entry has a pattern
 * @param wanted one for each family that it asks for: the address it would like, or an unspecified one ({@code 0.0.0.0},
 *     {@code ::}) for any. What a peer would like binds nobody.
 */
public record AddressRequest(IkeSaId ikeSa, PadEntry peer, Identity identity, List<InetAddress> wanted) {
    public AddressRequest {
        wanted = List.copyOf(wanted);
    }
}
