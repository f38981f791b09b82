package org.sallyport.spd.internal.kernel;

/** A policy that the kernel's rules cannot express exactly; enforcing it roughly would let something leave in clear. */
public final class InexpressibleException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String words;
    private final String key;
    private final String value;

    InexpressibleException(String key, Object value, String message) {
        super(message);
        this.words = message;
        this.key = key;
        this.value = value.toString();
    }

    /** Returns why, in words. */
    public String words() {
        return words;
    }

    /** Returns the key of the configuration at which it lies. */
    public String key() {
        return key;
    }

    /** Returns its value. */
    public String value() {
        return value;
    }
}
