package org.sallyport.shell.internal;

import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Logs out a user who was logged in by {@link LoginCommand}. */
@Service
@Command(scope = "sallyport", name = "logout", description = "Ends what sallyport:login began")
public final class LogoutCommand extends SallyportAction {
    @Argument(name = "user", description = "a name or a number", required = true)
    private String user = "";

    void user(String value) {
        user = value;
    }

    @Override
    void run(Appliance services, PrintStream output) {
        try {
            boolean there = services.logins().logout(user);
            output.println(user + (there ? " counts as logged out." : " was not logged in by sallyport:login."));
        } catch (IllegalArgumentException e) {
            throw new SentenceException(e.getMessage() + ".");
        }
    }
}
