package org.sallyport.lab.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.sallyport.lab.process.CommandFailedException;

/** Runs a program in the caller's place: same terminal, same working directory, its status is ours. */
final class Programs {
    private Programs() {}

    static int run(Map<String, String> environment, List<String> line) {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(line)).inheritIO();
        builder.environment().putAll(environment);
        try {
            return builder.start().waitFor();
        } catch (IOException failure) {
            throw new CommandFailedException(
                    "cannot run " + String.join(" ", line) + ": " + failure.getMessage(), failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return 130;
        }
    }
}
