package org.sallyport.crypto;

/** An algorithm that can be negotiated. Implementations are immutable and safe for use by many threads. */
public interface Transform {
    /** Returns what it is called on the wire. */
    TransformId transform();
}
