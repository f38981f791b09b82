package org.sallyport.api.negotiation;

/**
 * Where a secret is: configurations hold references alone, because Config Admin persists what it holds in clear.
 *
 * @param file path of a file that only its owner may read
 */
public record SecretRef(String file) {}
