package org.sallyport.api.admin;

/**
 * A user's mistake in the configuration. The generation before it stays in force. Immutable.
 *
 * @param file where
 * @param key which key, empty when the file as a whole is meant
 * @param value what stands there; never a secret
 * @param accepted what would be accepted, in words
 */
public record ConfigurationProblem(String file, String key, String value, String accepted) {
    /** Returns the whole message. */
    public String text() {
        String where = key.isEmpty() ? file : file + ": " + key + " = " + value;
        return where + ": " + accepted;
    }
}
