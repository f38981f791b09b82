package org.sallyport.interceptor.launcher;

import static org.sallyport.linux.ErrnoNames.EACCES;
import static org.sallyport.linux.ErrnoNames.ECONNREFUSED;
import static org.sallyport.linux.ErrnoNames.ENOENT;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.sallyport.linux.LinuxException;
import org.sallyport.linux.process.ProgramImage;
import org.sallyport.linux.seccomp.SeccompSelf;
import org.sallyport.linux.socket.UnixConnection;

/**
 * Does what the native {@code sallyport-run SOCKET PROGRAM [ARGUMENT...]} does, with the same messages and exit status,
 * where no C compiler was at hand. Start it with {@code --enable-native-access=ALL-UNNAMED -XX:-MaxFDLimit}, so that the
 * program inherits the limits of its caller.
 */
public final class Launcher {
    private static final int FAILED = 125;
    private static final int CANNOT_EXECUTE = 126;
    private static final int NOT_FOUND = 127;
    private static final int LONGEST_ANSWER = 512;

    private Launcher() {}

    /**
     * Executes a program under the interceptor.
     *
     * @param arguments the daemon's socket, the program, its arguments
     */
    public static void main(String[] arguments) {
        System.exit(run(Arrays.asList(arguments)));
    }

    private static int run(List<String> arguments) {
        if (arguments.size() < 2) {
            return fail(FAILED, "usage: sallyport-run SOCKET PROGRAM [ARGUMENT...]");
        }
        Path socket = Path.of(arguments.getFirst());
        try (UnixConnection daemon = UnixConnection.connect(socket)) {
            int listener = install();
            String answer = handOver(daemon, listener);
            if (!answer.equals("ok")) {
                return fail(FAILED, answer);
            }
        } catch (LinuxException e) {
            return fail(FAILED, explain(socket, e));
        }
        return execute(arguments.subList(1, arguments.size()));
    }

    private static int install() {
        try {
            return SeccompSelf.install();
        } catch (LinuxException e) {
            if (e.errno() != EACCES) {
                throw e;
            }
            SeccompSelf.renounceNewPrivileges();
            return SeccompSelf.install();
        }
    }

    private static String handOver(UnixConnection daemon, int listener) {
        String message = ProcessHandle.current().pid() + " " + listener + "\n";
        daemon.write(message.getBytes(StandardCharsets.US_ASCII));
        String answer = new String(daemon.read(LONGEST_ANSWER), StandardCharsets.UTF_8).strip();
        return answer.isEmpty() ? "the daemon went away or is too busy; try again" : answer;
    }

    private static int execute(List<String> command) {
        LinuxException failure = ProgramImage.replace(command);
        return fail(failure.errno() == ENOENT ? NOT_FOUND : CANNOT_EXECUTE, String.valueOf(failure.getMessage()));
    }

    private static String explain(Path socket, LinuxException e) {
        return switch (e.errno()) {
            case ENOENT, ECONNREFUSED ->
                "nobody listens at " + socket + ": the appliance is not running. Start it with ./sallyport start";
            default -> String.valueOf(e.getMessage());
        };
    }

    private static int fail(int status, String message) {
        System.err.println("sallyport-run: " + message);
        return status;
    }
}
