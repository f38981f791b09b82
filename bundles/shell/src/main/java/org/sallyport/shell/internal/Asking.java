package org.sallyport.shell.internal;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.sallyport.api.negotiation.Negotiator;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;

/** Whom a change is asked of, and how it is confirmed. */
final class Asking {
    /** The negotiator of IKE SAs. */
    static final String IKE = "ikev2";

    static final String ADMINISTRATOR = "an administrator (shell)";

    static final Reason BY_ADMINISTRATOR = Reason.of(ReasonCode.DELETED_BY_ADMINISTRATOR, ADMINISTRATOR);

    private Asking() {}

    /** Returns the negotiator of an SA: its policy's, or where that is gone the usual one. */
    static Negotiator negotiator(Appliance services, Names.Named sa) {
        String name = services.has(Capability.SPD)
                ? services.spd()
                        .current()
                        .policy(sa.policy())
                        .map(Policy::negotiator)
                        .orElse(IKE)
                : IKE;
        return services.negotiator(name);
    }

    /** "All" of nothing is no mistake. */
    static void sayWhenEmpty(PrintStream output, boolean json, List<?> found, String what) {
        if (found.isEmpty() && !json) {
            output.println("There is no " + what + ".");
        }
    }

    static void confirm(PrintStream output, boolean json, String what, Object whom) {
        output.println(json ? Json.write(Map.of(what.replace(' ', '_'), whom.toString())) : what + " " + whom);
    }
}
