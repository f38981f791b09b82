package org.sallyport.api.policy;

import java.util.Optional;

/**
 * What a generation says of a flow. Immutable, made when the generation is compiled.
 *
 * @param action what happens
 * @param policy the entry that matched; empty when the default decided
 */
public record Verdict(Action action, Optional<Policy> policy) {}
