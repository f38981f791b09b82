package org.sallyport.linux.internal;

import org.sallyport.linux.LinuxException;

/** Turns the kernel's answer into a value or an exception. */
public final class Outcome {
    private Outcome() {}

    /** Returns a result that is not negative; tells a negated errno as an exception that names the call. */
    public static int check(String call, int result) {
        if (result < 0) {
            throw new LinuxException(call, -result);
        }
        return result;
    }
}
