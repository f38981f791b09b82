package org.sallyport.api.negotiation;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Hears what becomes of connections, registered as a service: negotiators tell of IKE SAs and of what did not come about,
 * the SAD tells of Child SAs. Events of one SA come in their order. Called by any thread; must not block.
 */
@ConsumerType
public interface ConnectionListener {
    /** Something happened. */
    void happened(ConnectionEvent event);
}
