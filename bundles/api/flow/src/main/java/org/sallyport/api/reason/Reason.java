package org.sallyport.api.reason;

import java.text.MessageFormat;
import java.util.List;

/**
 * Why something happened: a code for programs, words for people. Immutable.
 *
 * @param code the entry of the catalogue
 * @param arguments what fills the words, in the order that the code's javadoc names; never secret
 */
public record Reason(ReasonCode code, List<String> arguments) {
    public Reason {
        arguments = List.copyOf(arguments);
    }

    /** Makes a reason with its arguments. */
    public static Reason of(ReasonCode code, Object... arguments) {
        return new Reason(
                code, java.util.Arrays.stream(arguments).map(String::valueOf).toList());
    }

    /** Returns the reason in words. */
    public String text() {
        String pattern = code.words().replaceAll("(?<!')'(?!')", "''");
        return MessageFormat.format(pattern, arguments.toArray());
    }

    @Override
    public String toString() {
        return text();
    }
}
