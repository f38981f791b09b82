package org.sallyport.api.policy;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Contributes policies beside the configuration files, registered as a service; when what it has changes, it changes the
 * service property {@code generation}. Thread safe.
 */
@ConsumerType
public interface PolicyProvider {
    /** Service property that changes with every publication. */
    String GENERATION = "generation";

    /** Returns the whole set as it stands. */
    PolicySet policies();
}
