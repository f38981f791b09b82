package org.sallyport.lab.appliance;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The death of a Java virtual machine by its own hand: a signal in its code or in ours below Java, or memory that the
 * system refused.
 *
 * @param cause one line: signal and place, and the frame in which it happened when the machine knew it
 * @param threads of the error report what happened where: the thread's stack and the address that was touched. Empty
 *     without a report. What lies further behind in it, registers and memory around them, may hold keys
 */
record JvmCrash(String cause, String threads) {
    private static final String FRAME = "Problematic frame:";
    /** What the first sentence of such a message begins with. */
    private static final List<String> BEGINNINGS =
            List.of("A fatal error has been detected", "There is insufficient memory");
    /** What follows upon the sentences that say what happened. */
    private static final List<String> CONTINUATIONS =
            List.of("JRE version:", "Possible reasons:", "An error report file");

    private static final String THREAD = "Current thread";
    /** Before registers and memory, and before what is told of the whole process. */
    private static final List<String> ENDS = List.of("Registers:", "-----");

    private static final int MAXIMUM_LINES = 80;

    /**
     * Finds a crash in what a virtual machine printed.
     *
     * @param report its error report, empty where it could write none
     */
    static Optional<JvmCrash> in(String output, String report) {
        List<String> message = output.lines()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.substring(1).strip())
                .filter(line -> !line.isEmpty())
                .dropWhile(line -> !beginsWithAny(line, BEGINNINGS))
                .toList();
        if (message.isEmpty()) {
            return Optional.empty();
        }
        String what = message.stream()
                .takeWhile(line -> !beginsWithAny(line, CONTINUATIONS))
                .collect(Collectors.joining(" "));
        String frame = message.stream()
                .dropWhile(line -> !line.equals(FRAME))
                .skip(1)
                .findFirst()
                .map(line -> "; problematic frame: " + line)
                .orElse("");
        return Optional.of(new JvmCrash(what + frame, threads(report)));
    }

    private static boolean beginsWithAny(String line, List<String> beginnings) {
        return beginnings.stream().anyMatch(line::startsWith);
    }

    private static String threads(String report) {
        return report.lines()
                .dropWhile(line -> !line.startsWith(THREAD))
                .takeWhile(line -> !beginsWithAny(line, ENDS))
                .limit(MAXIMUM_LINES)
                .collect(Collectors.joining("\n"))
                .strip();
    }

    @Override
    public String toString() {
        return "the JVM crashed: " + cause + "\n" + threads;
    }
}
