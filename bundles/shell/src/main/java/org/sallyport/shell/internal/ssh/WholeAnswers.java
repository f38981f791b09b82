package org.sallyport.shell.internal.ssh;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.karaf.shell.ssh.ShellCommand;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.command.CommandFactory;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * Lets every command that is run by ssh wait until its answer has arrived, see {@link PatientCommand}.
 *
 * <p>Karaf makes a new server whenever its configuration is read, at some starts once more after the first, and leaves
 * the service of the one before: every server that is announced is told, not just one of them.
 */
@Component(immediate = true)
public final class WholeAnswers {
    private final Map<SshServer, CommandFactory> karafs = new ConcurrentHashMap<>();

    /** Karaf announces a server before it listens: no command runs without this. */
    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void bindServer(SshServer server) {
        CommandFactory karafsOwn = server.getCommandFactory();
        karafs.put(server, karafsOwn);
        server.setCommandFactory((channel, command) -> patient(karafsOwn.createCommand(channel, command), channel));
    }

    /** Gives Karaf's server back as it was. */
    void unbindServer(SshServer server) {
        CommandFactory karafsOwn = karafs.remove(server);
        if (karafsOwn != null) {
            server.setCommandFactory(karafsOwn);
        }
    }

    /** Others, such as scp, do not close the session themselves. */
    private static Command patient(Command command, ChannelSession channel) {
        return command instanceof ShellCommand ? new PatientCommand(command, channel) : command;
    }
}
