package org.sallyport.api.policy;

/** What a policy does with what it matches (RFC 4301 section 4.4.1). */
public enum Action {
    PROTECT,
    BYPASS,
    DISCARD
}
