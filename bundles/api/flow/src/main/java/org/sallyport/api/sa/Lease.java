package org.sallyport.api.sa;

/** One holder's use of a lineage, counted. Closing it is what ends the use; closing twice does nothing. Thread safe. */
public interface Lease extends AutoCloseable {
    /** Returns the lineage in use. */
    ChildSaId lineage();

    /** Returns who uses it. */
    LeaseHolder holder();

    @Override
    void close();
}
