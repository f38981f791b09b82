package org.sallyport.classifier.internal.worker;

/** One way through a worker. */
interface Direction {
    /**
     * Carries what waits, up to a batch, without blocking.
     *
     * @return how many packets it handled, 0 when none waited, or a negative errno, such as when the lease is over
     */
    int runBatch();

    /** Tells whether other threads have left something to do: to be asked between {@link Quiescence#leave} and waiting. */
    boolean hasWork();
}
