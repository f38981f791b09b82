package org.sallyport.api.admin;

import java.util.Optional;

/** An address pool for people; every pool that wants to be listed registers one. Thread safe. */
public interface PoolInspection {
    /** Returns the pool as it stands; empty as long as its configuration was never right. */
    Optional<PoolView> view();
}
