package org.sallyport.ike.internal.core;

/** Answers the requests that follow, where an exchange takes several. */
public interface Continuation extends Answerer {
    /** Nothing follows any more: what it kept is wiped. */
    void over();
}
