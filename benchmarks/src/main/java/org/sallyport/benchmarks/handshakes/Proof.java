package org.sallyport.benchmarks.handshakes;

import java.util.List;
import org.sallyport.crypto.Prf;
import org.sallyport.ike.internal.message.Payload;

/** How initiators prove who they are. Used by one thread. */
interface Proof {
    /** Returns the name of client number {@code n}. */
    String identity(int n);

    /** Returns the network in which each client has an address. */
    String addresses();

    /** Returns the CERT and AUTH payloads of a client. */
    List<Payload> payloads(Prf prf, byte[] octets);
}
