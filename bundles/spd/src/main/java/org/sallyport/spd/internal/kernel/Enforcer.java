package org.sallyport.spd.internal.kernel;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.sallyport.api.admin.ChildSaView.Traffic;
import org.sallyport.api.admin.Journal;
import org.sallyport.api.negotiation.PadEntry;
import org.sallyport.api.policy.Policy;

/**
 * Leads the kernel from one generation to the next and keeps what stands. Not thread safe; every call from a thread of
 * the kernel's namespace.
 */
public final class Enforcer {
    private final Kernel kernel;
    private Input input = new Input(List.of(), List.of(), Enforcement.DEFAULT);
    private KernelPlan inForce = KernelPlan.NONE;
    private boolean settled;

    private record Input(List<Policy> policies, List<PadEntry> peers, Enforcement enforcement) {
        KernelPlan compile(LocalFacts facts, KernelPlan before) {
            return KernelPlan.compile(policies, peers, enforcement, facts, before);
        }

        /** The addresses that peers assigned to this host. */
        Set<InetAddress> assigned() {
            return policies.stream()
                    .filter(p -> p.localAssigned() && !p.awaitsAddress())
                    .flatMap(p -> p.selectors().local().stream())
                    .map(s -> s.addresses().first())
                    .collect(Collectors.toUnmodifiableSet());
        }
    }

    public Enforcer(Kernel kernel) {
        this.kernel = kernel;
    }

    /** Enforces a generation beside the one before; nothing that one forbids is allowed yet. */
    public void tighten(List<Policy> policies, List<PadEntry> peers, Enforcement enforcement) {
        Input next = new Input(List.copyOf(policies), List.copyOf(peers), enforcement);
        kernel.addAddresses(next.assigned());
        KernelPlan plan = next.compile(kernel.facts(), inForce);
        kernel.tighten(plan, inForce);
        input = next;
        inForce = plan;
        settled = false;
    }

    /** Ends the enforcement of every generation before the last one. */
    public void settle() {
        kernel.settle(inForce);
        kernel.keepAddresses(input.assigned());
        settled = true;
        Journal.event("guard-installed")
                .with("policies", input.policies.size())
                .with("rules", inForce.divert().rules().size())
                .with("guard", inForce.guard().isPresent() ? "on" : "off")
                .write();
    }

    /** Goes back to enforcing this, after the kernel refused a generation half way. */
    public void returnTo(List<Policy> policies, List<PadEntry> peers, Enforcement enforcement) {
        input = new Input(List.copyOf(policies), List.copyOf(peers), enforcement);
        inForce = input.compile(kernel.facts(), inForce);
        kernel.settle(inForce);
        settled = true;
    }

    /** Restores what does not stand as it should, and follows changes of this host's addresses. */
    public void check() {
        if (!settled) {
            return;
        }
        long began = System.nanoTime();
        boolean readdressed = kernel.addAddresses(input.assigned());
        KernelPlan plan = inForce.following(input.policies, input.peers, kernel.facts());
        if (!plan.equals(inForce)) {
            kernel.settle(plan);
            inForce = plan;
            return;
        }
        Set<Part> repaired = kernel.repair(plan);
        if (readdressed) {
            repaired.add(Part.ADDRESSES);
        }
        if (!repaired.isEmpty()) {
            Journal.event("guard-repaired")
                    .with("what", words(repaired))
                    .with("took_us", (System.nanoTime() - began) / 1_000)
                    .write();
        }
    }

    /** Returns what the guard counted for each policy, by its name, since this process began. */
    public Map<String, Traffic> counted() {
        return kernel.counted();
    }

    private static String words(Set<Part> parts) {
        return parts.stream().map(p -> p.name().toLowerCase(Locale.ROOT)).collect(Collectors.joining(","));
    }
}
