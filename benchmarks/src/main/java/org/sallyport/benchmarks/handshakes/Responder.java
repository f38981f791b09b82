package org.sallyport.benchmarks.handshakes;

import org.sallyport.lab.net.Namespace;

/** Who answers handshakes, in a namespace of its own and on the core that both responders take turns on. */
interface Responder extends AutoCloseable {
    /** Returns the process id. */
    long pid();

    /** Returns its outer address. */
    String address();

    /** Returns where it is. */
    Namespace place();

    @Override
    void close();
}
