package org.sallyport.api.reason;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Why something happened: a code for programs, words for people. Immutable.
 *
 * @param code the entry of the catalogue
 * @param arguments what fills the words, in the order that the code's javadoc names; never secret
 */
public record Reason(ReasonCode code, List<String> arguments) {
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}|[\\x80-\\x9f]");
    private static final int LONGEST_ARGUMENT = 1000;

    /** Arguments may hold what a peer said: they are cut, and cannot break a line or steer a terminal. */
    public Reason {
        arguments = arguments.stream().map(Reason::printable).toList();
    }

    private static String printable(String argument) {
        String cut = argument.length() <= LONGEST_ARGUMENT ? argument : argument.substring(0, LONGEST_ARGUMENT) + "…";
        return isPlain(cut) ? cut : CONTROL.matcher(cut).replaceAll("?");
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** Makes a reason with its arguments. */
    public static Reason of(ReasonCode code, Object... arguments) {
        return new Reason(code, Arrays.stream(arguments).map(String::valueOf).toList());
    }

    /** Returns the reason in words. */
    public String text() {
        return Sentence.of(code).with(arguments);
    }

    @Override
    public String toString() {
        return text();
    }
}
