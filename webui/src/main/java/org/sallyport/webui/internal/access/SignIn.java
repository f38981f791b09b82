package org.sallyport.webui.internal.access;

/** Checks who somebody is. Thread-safe. */
public interface SignIn {
    /** What came of it. */
    sealed interface Outcome {
        /** Signed in. */
        record Accepted(User user) implements Outcome {}

        /** Wrong name or password, or no role that may use the console: one answer for all. */
        record Rejected() implements Outcome {}

        /** Too many attempts; the next is looked at after so many seconds, at least 1. */
        record Delayed(long seconds) implements Outcome {}

        /** It could not be checked, in words. */
        record Unavailable(String reason) implements Outcome {}
    }

    /**
     * Checks a name and a password; takes about a tenth of a second on purpose.
     *
     * @param address where the attempt comes from, for the limits and the audit log
     */
    Outcome check(String name, String password, String address);
}
