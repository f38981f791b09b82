package org.apache.karaf.shell.probe;

/** Creates threads as the shell does. */
public final class ShellThreads {
    private ShellThreads() {}

    /** A thread whose creator is the shell. */
    public static Thread create(Runnable work) {
        return new Thread(work);
    }

    /** Runs code that is not the shell's below the shell's own frame, as a command does. */
    public static void command(Runnable command) {
        command.run();
    }
}
