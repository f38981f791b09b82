package org.sallyport.ike.internal.keys;

import org.sallyport.api.secret.SecretBytes;

/**
 * What protects the messages that one side sends. Owns nothing.
 *
 * @param encryption SK_ei or SK_er
 * @param integrity SK_ai or SK_ar, empty with an AEAD
 */
public record DirectionKeys(SecretBytes encryption, SecretBytes integrity) {}
