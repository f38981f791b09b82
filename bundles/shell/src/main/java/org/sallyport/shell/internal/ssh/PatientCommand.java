package org.sallyport.shell.internal.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A command of Karaf's whose session stays until the client has the whole answer and takes its leave.
 *
 * <p>Karaf closes the session as soon as it has told the exit status. While octets are still on their way the channel
 * cannot be closed any more then, since a session that is closing sends nothing, and the connection ends by a reset,
 * because the client's window adjustments are unread: the client loses the rest. A client that has everything still
 * fails when its SSH_MSG_DISCONNECT comes too late. Here the exit is over only when both sides have closed the channel
 * (RFC 4254, 5.3), which the client does after the last octet, and has had time to disconnect (RFC 4253, 11.1).
 */
final class PatientCommand implements Command {
    private static final Logger LOG = LoggerFactory.getLogger(PatientCommand.class);
    /** A client that wants to go goes at once; one that shares the session between commands does not. */
    private static final Duration LEAVE = Duration.ofSeconds(5);

    private final Command command;
    private final ChannelSession channel;

    PatientCommand(Command command, ChannelSession channel) {
        this.command = command;
        this.channel = channel;
    }

    @Override
    public void setExitCallback(ExitCallback callback) {
        command.setExitCallback((status, message, immediately) -> {
            callback.onExit(status, message, immediately);
            awaitLeave();
        });
    }

    /** In the command's own thread. A client that does nothing at all is ended by the server's idle timeout. */
    private void awaitLeave() {
        CountDownLatch left = new CountDownLatch(1);
        channel.getServerSession().addCloseFutureListener(closed -> left.countDown());
        try {
            channel.close(false).await();
            if (!left.await(LEAVE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.debug("{} stays connected after its command", channel);
            }
        } catch (IOException e) {
            LOG.debug("{} is not waited for", channel, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void setInputStream(InputStream in) {
        command.setInputStream(in);
    }

    @Override
    public void setOutputStream(OutputStream out) {
        command.setOutputStream(out);
    }

    @Override
    public void setErrorStream(OutputStream err) {
        command.setErrorStream(err);
    }

    @Override
    public void start(ChannelSession session, Environment environment) throws IOException {
        command.start(session, environment);
    }

    @Override
    public void destroy(ChannelSession session) throws Exception {
        command.destroy(session);
    }
}
