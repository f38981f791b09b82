package org.sallyport.api.admin;

import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The appliance's journal: one line for each notable event, {@code at=<epoch microseconds> event=<name> key=value …}, on
 * the logger {@value #LOGGER}. For people, tests and timelines; never holds keys. Thread safe.
 */
public final class Journal {
    /** The logger that carries it. */
    public static final String LOGGER = "org.sallyport.journal";

    private static final Logger LOG = LoggerFactory.getLogger(LOGGER);
    private static final int LONGEST_VALUE = 400;
    private static final char DELETE = 0x7f;

    private final StringBuilder line = new StringBuilder();

    private Journal(String event) {
        Instant now = Instant.now();
        line.append("at=").append(now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000);
        line.append(" event=").append(event);
    }

    /** Starts an event, named in lower case with dashes ("child-sa-up"). */
    public static Journal event(String name) {
        return new Journal(name);
    }

    /** Adds a value. */
    public Journal with(String key, Object value) {
        String text = String.valueOf(value);
        if (text.length() > LONGEST_VALUE) {
            text = text.substring(0, LONGEST_VALUE) + "…";
        }
        line.append(' ').append(key).append('=');
        if (isPlain(text)) {
            line.append(text);
        } else {
            quote(text);
        }
        return this;
    }

    /** Writes the line. */
    public void write() {
        LOG.info("{}", line);
    }

    /** Returns the line as it stands. */
    @Override
    public String toString() {
        return line.toString();
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == DELETE) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private void quote(String text) {
        line.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                line.append('\\');
            }
            line.append(c < ' ' || c == DELETE ? ' ' : c);
        }
        line.append('"');
    }
}
