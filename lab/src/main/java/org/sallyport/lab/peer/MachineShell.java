package org.sallyport.lab.peer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.sallyport.lab.process.Command;
import org.sallyport.lab.process.CommandFailedException;

/**
 * Runs scripts inside an emulated machine, over a port that is no part of its network. One script at a time; safe for
 * use by many threads.
 */
final class MachineShell implements AutoCloseable {
    /** How much longer than a script may take its answer is waited for: the machine is slow, and so may this one be. */
    private static final Duration GRACE = Duration.ofSeconds(20);

    private final SocketChannel port;
    private final BufferedReader answers;

    private MachineShell(SocketChannel port) {
        this.port = port;
        this.answers = new BufferedReader(Channels.newReader(port, StandardCharsets.US_ASCII));
    }

    /** Waits until the machine has booted. */
    static MachineShell connect(Path socket, Duration limit) {
        try {
            MachineShell shell = new MachineShell(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
            try {
                shell.line(limit);
            } catch (RuntimeException failure) {
                shell.close();
                throw failure;
            }
            return shell;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Runs a script to its end and answers what it printed, on either stream. */
    synchronized Command.Result run(String script, Duration limit) {
        long started = System.nanoTime();
        String request = limit.toSeconds() + " "
                + Base64.getEncoder().encodeToString(script.getBytes(StandardCharsets.UTF_8)) + "\n";
        try {
            ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                port.write(bytes);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("the emulated machine has gone", failure);
        }
        String[] answer = line(limit.plus(GRACE)).split(" ", 2);
        return new Command.Result(
                Integer.parseInt(answer[0]),
                new String(Base64.getDecoder().decode(answer[1]), StandardCharsets.UTF_8),
                "",
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started));
    }

    private String line(Duration limit) {
        CompletableFuture<String> line = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                String read = answers.readLine();
                if (read == null) {
                    throw new IOException("the emulated machine has gone");
                }
                line.complete(read);
            } catch (IOException failure) {
                line.completeExceptionally(failure);
            }
        });
        try {
            return line.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException failure) {
            throw new CommandFailedException("the emulated machine said nothing within " + limit, failure);
        } catch (ExecutionException failure) {
            throw new CommandFailedException(String.valueOf(failure.getCause()), failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted", interrupted);
        }
    }

    @Override
    public void close() {
        try {
            port.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
