package org.sallyport.lab.session;

import java.io.PrintStream;
import java.util.function.Consumer;

/** Tells people what is going on, one line at a time. */
public interface Progress {
    /** Says one thing. */
    void say(String line);

    /** Says it on a stream, with the time since the start in front. */
    static Progress on(PrintStream stream) {
        long started = System.nanoTime();
        Consumer<String> print = line -> stream.printf("%6.1f s  %s%n", (System.nanoTime() - started) / 1e9, line);
        return print::accept;
    }

    /** Says nothing. */
    static Progress silent() {
        return line -> {};
    }
}
