package org.sallyport.api.admin;

import java.util.Optional;

/**
 * What became of applying a candidate. Immutable.
 *
 * @param preview what it does, or the problems for which nothing was changed
 * @param provisional what waits for confirmation; empty when nothing was changed
 */
public record ChangeOutcome(ChangePreview preview, Optional<Provisional> provisional) {}
