package org.sallyport.interceptor.internal.gate;

import java.util.List;
import java.util.Optional;
import org.sallyport.api.negotiation.Negotiator;
import org.sallyport.api.negotiation.Pad;
import org.sallyport.api.policy.Spd;
import org.sallyport.api.sa.DataPlane;
import org.sallyport.api.sa.Leases;
import org.sallyport.api.sa.SaTable;

/** The services around the gate, each of which may come and go. Thread safe. */
interface Surroundings {
    Optional<Spd> spd();

    Optional<Pad> pad();

    Optional<SaTable> saTable();

    Optional<Leases> leases();

    /** Returns every data plane, two while one replaces the other. */
    List<DataPlane> dataPlanes();

    /** Returns the negotiator that policies call by this name. */
    Optional<Negotiator> negotiator(String name);
}
