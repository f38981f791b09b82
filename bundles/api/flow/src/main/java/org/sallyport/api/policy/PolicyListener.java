package org.sallyport.api.policy;

import org.osgi.annotation.versioning.ConsumerType;

/** Hears of every new generation, registered as a service. Called one generation at a time, in order; must not block. */
@ConsumerType
public interface PolicyListener {
    /**
     * A generation came into force.
     *
     * @param generation the new one
     */
    void generationChanged(PolicyGeneration generation);
}
