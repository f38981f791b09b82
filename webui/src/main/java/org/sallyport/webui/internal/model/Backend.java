package org.sallyport.webui.internal.model;

/** Tells everybody who looks what the appliance looks like. Thread-safe. */
public interface Backend {
    /** Hears of every new state; must not wait, and is called by one thread at a time. */
    @FunctionalInterface
    interface Listener {
        /** The state as it is now. */
        void changed(ConsoleSnapshot snapshot);
    }

    /** Ends a listener's interest; closing twice does nothing. */
    @FunctionalInterface
    interface Registration extends AutoCloseable {
        @Override
        void close();
    }

    /** Starts to tell a listener: at once, then within 100 ms of a change, and at least once a second. */
    Registration listen(Listener listener);
}
