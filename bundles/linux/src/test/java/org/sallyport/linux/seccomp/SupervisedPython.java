package org.sallyport.linux.seccomp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.sallyport.linux.process.PidDescriptor;

/** A Python process under the filter, with the listener taken from it. */
final class SupervisedPython implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;
    private final NotificationListener listener;

    private SupervisedPython(Process process, BufferedReader output, NotificationListener listener) {
        this.process = process;
        this.output = output;
        this.listener = listener;
    }

    static SupervisedPython run(Path folder, String script) throws IOException {
        Path launcher = folder.resolve("under_filter.py");
        try (InputStream resource = SupervisedPython.class.getResourceAsStream("/under_filter.py")) {
            Files.write(launcher, Objects.requireNonNull(resource).readAllBytes());
        }
        String filter = HexFormat.of()
                .formatHex(FilterProgram.forArchitecture(Architecture.current()).bytes());
        Process process = new ProcessBuilder("python3", launcher.toString(), filter, script)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        int number = Integer.parseInt(Objects.requireNonNull(output.readLine(), "python ended early"));
        NotificationListener listener;
        try (PidDescriptor pid = PidDescriptor.ofProcess((int) process.pid())) {
            listener = new NotificationListener(pid.duplicate(number));
        }
        Writer input = process.outputWriter(StandardCharsets.UTF_8);
        input.write("go\n");
        input.flush();
        return new SupervisedPython(process, output, listener);
    }

    NotificationListener listener() {
        return listener;
    }

    Notification nextCall() {
        if (listener.receive() instanceof NotificationListener.Received.Call(Notification notification)) {
            return notification;
        }
        throw new AssertionError("no call came");
    }

    int pid() {
        return (int) process.pid();
    }

    String line() throws IOException {
        return Objects.requireNonNull(output.readLine(), "no more output");
    }

    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor(5, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        process.destroyForcibly();
        listener.close();
    }
}
