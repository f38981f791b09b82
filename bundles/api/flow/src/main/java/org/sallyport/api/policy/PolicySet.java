package org.sallyport.api.policy;

import java.util.List;

/**
 * What one provider (files, console, a login) contributes, published whole, never policy by policy. Immutable.
 *
 * @param provider who published it
 * @param generation counts the provider's publications
 * @param policies ordered
 */
public record PolicySet(String provider, long generation, List<Policy> policies) {
    public PolicySet {
        policies = List.copyOf(policies);
    }
}
