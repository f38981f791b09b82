package org.sallyport.spd.internal.service;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.sallyport.api.admin.ConfigurationProblem;
import org.sallyport.api.admin.Journal;
import org.sallyport.api.policy.PolicyListener;
import org.sallyport.spd.internal.config.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings generations into force: in the kernel first what they tighten, last what they loosen. One thread changes them;
 * whoever reads never waits for it.
 */
final class Generations {
    private static final Logger LOG = LoggerFactory.getLogger(Generations.class);

    private final KernelEnforcement kernel;
    private final List<PolicyListener> listeners = new CopyOnWriteArrayList<>();
    private final WarningBoard warnings = new WarningBoard();
    private volatile InForce inForce = InForce.NOTHING;

    Generations(KernelEnforcement kernel) {
        this.kernel = kernel;
    }

    InForce inForce() {
        return inForce;
    }

    /** Returns what is perhaps not meant in what is in force. */
    WarningBoard warnings() {
        return warnings;
    }

    /** A listener hears of what is in force when it comes, and then of every change. */
    void add(PolicyListener listener) {
        listeners.add(listener);
        if (inForce.number() > 0) {
            tell(listener);
        }
    }

    void remove(PolicyListener listener) {
        listeners.remove(listener);
    }

    /** Brings a configuration into force whole; returns why it could not, and then nothing changed. */
    Optional<ConfigurationProblem> change(Configuration next, Input input) {
        Optional<ConfigurationProblem> refused = tighten(next);
        if (refused.isEmpty()) {
            comeIntoForce(next, input);
        }
        return refused;
    }

    /** Has the kernel enforce the next configuration beside the one in force; returns why it refused. */
    Optional<ConfigurationProblem> tighten(Configuration next) {
        return kernel.tighten(next, inForce.configuration())
                .map(why -> new ConfigurationProblem("kernel", "", "", why));
    }

    /** Brings the configuration into force that was tightened last. */
    void comeIntoForce(Configuration next, Input input) {
        inForce = InForce.of(next, input, inForce.number() + 1);
        Journal.event("policy-generation")
                .with("generation", inForce.number())
                .with("policies", next.policies().size())
                .with("peers", next.peers().size())
                .write();
        listeners.forEach(this::tell);
        kernel.settle();
        warnings.show(next.warnings());
    }

    /** Has the kernel forget what was tightened last: it does not come into force. */
    void withdraw() {
        tighten(inForce.configuration())
                .ifPresentOrElse(
                        problem -> LOG.error("The kernel enforces a change that was given up: {}", problem.text()),
                        kernel::settle);
    }

    /** A listener is another bundle's code: its fault must not stop the others. */
    private void tell(PolicyListener listener) {
        try {
            listener.generationChanged(inForce.generation());
        } catch (RuntimeException e) {
            LOG.error("A listener failed on generation {}", inForce.number(), e);
        }
    }
}
