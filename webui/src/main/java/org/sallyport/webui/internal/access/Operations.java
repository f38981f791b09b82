package org.sallyport.webui.internal.access;

import org.sallyport.api.admin.ChildSaView;

/**
 * Everything in the console that changes something. Each call checks the user's role itself, whatever the page showed.
 * Thread-safe; no call waits for a peer.
 */
public interface Operations {
    /** Whether what was asked for is under way, in words. */
    record Result(boolean done, String text) {}

    /** Replaces an SA pair by a successor. */
    Result rekey(User user, ChildSaView sa);

    /** Ends an SA pair and its lineage, and tells the peer. */
    Result delete(User user, ChildSaView sa);

    /** Starts the capture anew with a pcap filter expression; empty is what the counters need. */
    Result capture(User user, String filter);

    /** Starts to negotiate what does not stand yet of a connection; its state tells how that ends. */
    Result bringUp(User user, String connection);

    /** Ends a connection's SAs and tells the peer. */
    Result takeDown(User user, String connection);
}
