package org.sallyport.api.policy;

/** The policies in force (RFC 4301 section 4.4.1). Thread safe. */
public interface Spd {
    /** Returns the generation in force; never blocks. */
    PolicyGeneration current();
}
