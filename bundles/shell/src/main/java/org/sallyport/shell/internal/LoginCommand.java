package org.sallyport.shell.internal;

import java.io.PrintStream;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Logs a user in, for policies alone. */
@Service
@Command(
        scope = "sallyport",
        name = "login",
        description = "Has a user count as logged in, where this host has nothing that tells")
public final class LoginCommand extends SallyportAction {
    @Argument(name = "user", description = "a name or a number", required = true)
    private String user = "";

    void user(String value) {
        user = value;
    }

    @Override
    void run(Appliance services, PrintStream output) {
        try {
            services.logins().login(user);
            output.println(user + " counts as logged in, until sallyport:logout " + user + " or a restart.");
        } catch (IllegalArgumentException e) {
            throw new SentenceException(e.getMessage() + ".");
        }
    }
}
