package org.sallyport.api.sa;

/** One socket's use of a lineage, counted. Closing it is what ends the use; closing twice does nothing. Thread safe. */
public interface Lease extends AutoCloseable {
    /** Returns the lineage in use. */
    ChildSaId lineage();

    /** Returns the socket's cookie (SO_COOKIE). */
    long socketCookie();

    @Override
    void close();
}
