package org.sallyport.webui.internal.access;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.sallyport.api.admin.CaptureInspection;
import org.sallyport.api.admin.ChildSaView;
import org.sallyport.api.admin.ConnectionControl;
import org.sallyport.api.negotiation.Negotiator;
import org.sallyport.api.policy.Policy;
import org.sallyport.api.policy.Spd;
import org.sallyport.api.reason.Reason;
import org.sallyport.api.reason.ReasonCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operations, for administrators alone, each with a line in the audit log. */
@Component
public final class GuardedOperations implements Operations {
    private static final Logger AUDIT = LoggerFactory.getLogger("audit");
    private static final String DEFAULT_NEGOTIATOR = "ikev2";

    private final Map<String, Negotiator> negotiators = new ConcurrentHashMap<>();

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable CaptureInspection capture;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    private volatile @Nullable Spd spd;

    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    volatile @Nullable ConnectionControl connections;

    /** Made by Declarative Services. */
    @Activate
    public GuardedOperations() {}

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addNegotiator(Negotiator negotiator, Map<String, ?> properties) {
        negotiators.put(name(properties), negotiator);
    }

    void removeNegotiator(Negotiator negotiator, Map<String, ?> properties) {
        negotiators.remove(name(properties), negotiator);
    }

    @Override
    public Result rekey(User user, ChildSaView sa) {
        return guarded(
                user,
                "rekey " + sa.inbound(),
                () -> negotiate(
                        sa,
                        negotiator -> negotiator.rekey(sa.lineage()),
                        "Asked for a successor of " + sa.inbound() + "."));
    }

    @Override
    public Result delete(User user, ChildSaView sa) {
        Reason reason = Reason.of(ReasonCode.DELETED_BY_ADMINISTRATOR, user.name());
        return guarded(
                user,
                "delete " + sa.inbound(),
                () -> negotiate(
                        sa,
                        negotiator -> negotiator.delete(sa.lineage(), reason),
                        "Asked to delete " + sa.inbound() + "."));
    }

    @Override
    public Result capture(User user, String filter) {
        return guarded(user, "capture filter \"" + filter + "\"", () -> {
            CaptureInspection service = capture;
            if (service == null) {
                return new Result(false, "The capture is not running.");
            }
            try {
                service.restart(filter);
                return new Result(true, "The capture starts anew.");
            } catch (IllegalArgumentException e) {
                return new Result(false, "The capture did not take the filter: " + e.getMessage());
            }
        });
    }

    @Override
    public Result bringUp(User user, String connection) {
        return guarded(
                user,
                "bring up " + connection,
                () -> control(service -> {
                    var unused = service.up(connection);
                    return "Asked to bring " + connection + " up.";
                }));
    }

    @Override
    public Result takeDown(User user, String connection) {
        return guarded(
                user,
                "take down " + connection,
                () -> control(service -> {
                    service.down(connection, user.name());
                    return connection + " is taken down.";
                }));
    }

    private Result control(Function<ConnectionControl, String> action) {
        ConnectionControl service = connections;
        if (service == null) {
            return new Result(false, "The bundle that looks after connections is not running.");
        }
        try {
            return new Result(true, action.apply(service));
        } catch (IllegalArgumentException e) {
            return new Result(false, e.getMessage() + ".");
        }
    }

    private Result negotiate(ChildSaView sa, Consumer<Negotiator> action, String done) {
        Spd policies = spd;
        String name = Optional.ofNullable(policies)
                .flatMap(service -> service.current().policy(sa.policy()))
                .map(Policy::negotiator)
                .orElse(DEFAULT_NEGOTIATOR);
        Negotiator negotiator = negotiators.get(name);
        if (negotiator == null) {
            return new Result(
                    false, Reason.of(ReasonCode.NEGOTIATOR_ABSENT, name).text() + ".");
        }
        action.accept(negotiator);
        return new Result(true, done);
    }

    private static Result guarded(User user, String what, Supplier<Result> action) {
        if (!user.isAdmin()) {
            AUDIT.info("console refused user={} role={} action=\"{}\"", user.name(), user.role(), what);
            return new Result(false, "Your role may look and not touch.");
        }
        AUDIT.info("console user={} action=\"{}\"", user.name(), what);
        return action.get();
    }

    private static String name(Map<String, ?> properties) {
        Object name = properties.get(Negotiator.NAME);
        return name == null ? DEFAULT_NEGOTIATOR : name.toString();
    }
}
