package org.sallyport.example.toy;

import java.net.InetSocketAddress;
import java.security.SecureRandom;
import org.sallyport.api.negotiation.ConnectionEvent;
import org.sallyport.api.negotiation.Pad;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.negotiation.SecretSource;
import org.sallyport.api.policy.Spd;
import org.sallyport.api.sa.Path;
import org.sallyport.api.sa.SaTable;
import org.sallyport.crypto.CryptoRegistry;

/** What the protocol stands on: services of the appliance, and the way to the peers. */
interface Surroundings {
    /** The port to which ESP in UDP goes (RFC 3948). */
    int ESP_PORT = 4500;

    SaTable table();

    Pad pad();

    Spd spd();

    SecretSource secrets();

    CryptoRegistry crypto();

    SecureRandom random();

    /** Sends a datagram; what cannot be sent is lost, like any other. */
    void send(InetSocketAddress to, byte[] datagram);

    /** Returns the way of a peer's ESP packets. */
    Path path(PadEntry peer, InetSocketAddress remote);

    /** Returns the port on which peers listen. */
    int port();

    void tell(ConnectionEvent event);
}
