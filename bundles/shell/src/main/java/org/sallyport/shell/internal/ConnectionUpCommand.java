package org.sallyport.shell.internal;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.admin.ConnectionControl.Attempt;
import org.sallyport.api.reason.Reason;

/** Brings a connection up and waits for it. */
@Service
@Command(
        scope = "sallyport",
        name = "connection-up",
        description = "Negotiates what does not stand yet under a connection's policies, and says how it ended")
public final class ConnectionUpCommand extends SallyportAction {
    /** A policy's hold time, at most an hour, ends each negotiation before. */
    private static final long PATIENCE_MINUTES = 61;

    @Argument(name = "connection", description = "its peer's name", required = true)
    @Completion(ConnectionNameCompleter.class)
    private String name = "";

    void name(String value) {
        name = value;
    }

    @Override
    void run(Appliance services, PrintStream output) {
        ConnectionNameCompleter.required(services, name);
        List<Attempt> attempts = await(services);
        if (json()) {
            output.println(Json.write(
                    attempts.stream().map(ConnectionUpCommand::values).toList()));
        } else if (attempts.isEmpty()) {
            output.println(name + " is up already.");
        } else {
            attempts.forEach(a -> output.println("policy " + a.policy() + ": "
                    + a.refusal().map(Reason::text).orElse("up")));
        }
    }

    private List<Attempt> await(Appliance services) {
        try {
            return services.connectionControl().up(name).toCompletableFuture().get(PATIENCE_MINUTES, TimeUnit.MINUTES);
        } catch (IllegalArgumentException e) {
            throw new SentenceException(e.getMessage() + ".");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SentenceException("Interrupted; the negotiation goes on. See sallyport:connection-list.");
        } catch (ExecutionException | TimeoutException e) {
            throw new SentenceException("The negotiation of " + name + " did not end: " + e + ".");
        }
    }

    private static Map<String, @Nullable Object> values(Attempt attempt) {
        return Listing.row()
                .with("policy", attempt.policy())
                .with("up", attempt.refusal().isEmpty())
                .with("reason", attempt.refusal().map(Reason::text))
                .values();
    }
}
