package org.sallyport.shell.internal.ssh;

import org.apache.karaf.shell.ssh.ShellCommand;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.command.CommandFactory;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Lets every command that is run by ssh wait until its answer has arrived, see {@link PatientCommand}. */
@Component(immediate = true)
public final class WholeAnswers {
    private final SshServer server;
    private final CommandFactory karafs;

    /** Karaf announces its server before the server listens: no command runs without this. */
    @Activate
    public WholeAnswers(@Reference SshServer server) {
        this.server = server;
        karafs = server.getCommandFactory();
        server.setCommandFactory((channel, command) -> patient(karafs.createCommand(channel, command), channel));
    }

    /** Gives Karaf's server back as it was. */
    @Deactivate
    void close() {
        server.setCommandFactory(karafs);
    }

    /** Others, such as scp, do not close the session themselves. */
    private static Command patient(Command command, ChannelSession channel) {
        return command instanceof ShellCommand ? new PatientCommand(command, channel) : command;
    }
}
