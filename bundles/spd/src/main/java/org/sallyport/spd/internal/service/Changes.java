package org.sallyport.spd.internal.service;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.sallyport.api.admin.ChangeOutcome;
import org.sallyport.api.admin.ChangePreview;
import org.sallyport.api.admin.ConfigurationCandidate;
import org.sallyport.api.admin.ConfigurationProblem;
import org.sallyport.api.admin.Journal;
import org.sallyport.api.admin.Provisional;
import org.sallyport.api.admin.Provisional.Cause;
import org.sallyport.api.flow.Flow;
import org.sallyport.api.login.Login;
import org.sallyport.api.policy.PolicySet;
import org.sallyport.spd.internal.change.ChangeRecord;
import org.sallyport.spd.internal.change.ChangeRecord.State;
import org.sallyport.spd.internal.config.Configuration;
import org.sallyport.spd.internal.config.ConfigurationCompiler;
import org.sallyport.spd.internal.config.ConfigurationFile;
import org.sallyport.spd.internal.config.ConfigurationFolder;
import org.sallyport.spd.internal.config.Problems;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what comes into force, for good or until it is confirmed, and goes back. Used by one thread; what waits for
 * confirmation may be read by any.
 */
final class Changes {
    private static final Logger LOG = LoggerFactory.getLogger(Changes.class);

    private final Parts parts;
    private final Optional<Path> folder;
    private final WayBack wayBack;
    private volatile @Nullable Pending pending;
    private @Nullable Refused refused;

    /**
     * What changes are made with.
     *
     * @param provided returns what other providers contribute now
     * @param assigned returns what peers assigned to this host
     * @param logins returns who is logged in, if that is known
     * @param alarm rolls back what nobody confirms
     * @param lookAgain has what is collected considered soon
     */
    record Parts(
            ConfigurationCompiler compiler,
            Generations generations,
            KernelEnforcement kernel,
            FileCollection collection,
            ProblemBoard board,
            LivingSas sas,
            Supplier<List<PolicySet>> provided,
            Supplier<Map<String, List<InetAddress>>> assigned,
            Supplier<Optional<Set<Login>>> logins,
            Alarm alarm,
            Runnable lookAgain) {}

    /** Runs tasks later, on the thread that uses all this. */
    interface Alarm {
        /** Sets it; returns what cancels it. */
        Runnable after(Duration pause, Runnable task);
    }

    /**
     * A change that waits for confirmation.
     *
     * @param provisional what people are told
     * @param before what to go back to
     * @param files names and texts to restore; empty where the files are left as they are
     * @param cancelAlarm keeps it from being rolled back by itself
     */
    private record Pending(
            Provisional provisional, InForce before, Optional<SortedMap<String, String>> files, Runnable cancelAlarm) {}

    /**
     * A change that nobody confirmed, and whose files are still there.
     *
     * @param stamp the folder's
     * @param kept what stays in force
     * @param change what is refused; empty after a restart
     * @param problem what people are told
     */
    private record Refused(String stamp, Input kept, Optional<Input> change, ConfigurationProblem problem) {}

    Changes(Parts parts, Optional<Path> folder) {
        this.parts = parts;
        this.folder = folder;
        this.wayBack = new WayBack(folder, parts.collection);
    }

    Optional<Provisional> provisional() {
        return Optional.ofNullable(pending).map(Pending::provisional);
    }

    /** Begins with what lies in the folder, and goes back to what was before a change that nobody confirmed. */
    void begin(Path from) {
        try {
            ChangeRecord.read(from).ifPresent(record -> resume(from, record));
        } catch (IOException e) {
            LOG.error("What was to be rolled back cannot be read, and the files are taken as they are", e);
        }
        Problems unreadable = new Problems();
        List<ConfigurationFile> files = ConfigurationFolder.read(from, unreadable);
        if (consider(new Input(files, List.of(), Map.of(), parts.logins.get()), unreadable.found())) {
            parts.lookAgain.run();
        }
    }

    private void resume(Path from, ChangeRecord record) {
        String why = "it was not confirmed before a restart";
        if (record.state() != State.REFUSED) {
            Journal.event("policy-rolled-back").with("reason", why).write();
        }
        if (record.state() == State.APPLIED && wayBack.restore(from, record.previous())) {
            wayBack.forget();
        } else if (comeBack(from, record.previous()) && record.stands(from)) {
            refuse(
                    wayBack.stamp(),
                    parts.generations.inForce().input(),
                    Optional.empty(),
                    refusal("the changed files", why));
        } else {
            wayBack.forget();
        }
    }

    /** Brings files into force that are not those in the folder. */
    private boolean comeBack(Path from, Map<String, String> texts) {
        Problems unreadable = new Problems();
        Input kept =
                new Input(ConfigurationFolder.parse(texts, from, unreadable), List.of(), Map.of(), parts.logins.get());
        Configuration.Outcome outcome = compile(kept);
        List<ConfigurationProblem> problems = new ArrayList<>(unreadable.found());
        problems.addAll(outcome.problems());
        if (problems.isEmpty()) {
            parts.generations.change(outcome.sound(), kept).ifPresent(problems::add);
        }
        problems.forEach(p -> LOG.error("What was to be gone back to does not come into force: {}", p.text()));
        return problems.isEmpty();
    }

    /**
     * Takes what was collected into force, if it differs and has no mistake.
     *
     * @return whether to look again unasked, because something is wrong that may be mended elsewhere
     */
    boolean consider(Input collected, List<ConfigurationProblem> unreadable) {
        List<ConfigurationProblem> problems = new ArrayList<>(unreadable);
        Input input = withoutRefused(collected, problems);
        boolean news = !unreadable.isEmpty()
                || !input.sameAs(parts.generations.inForce().input());
        if (news) {
            Configuration.Outcome outcome = compile(input);
            problems.addAll(outcome.problems());
            if (unreadable.isEmpty() && outcome.accepted()) {
                takeOver(outcome.sound(), input).ifPresent(problems::add);
            }
        }
        parts.board.show(problems);
        return !problems.isEmpty();
    }

    /**
     * Peers assigned other addresses to this host, or others are logged in: what is in force is compiled anew with that. It is
     * no change of an administrator's, so that nothing of it waits for confirmation.
     *
     * @return why that cannot be
     */
    Optional<ConfigurationProblem> hostChanged() {
        InForce now = parts.generations.inForce();
        Input input = current(now.input().files(), now.input().provided());
        if (input.sameAs(now.input())) {
            return Optional.empty();
        }
        Configuration.Outcome outcome = compile(input);
        return outcome.accepted()
                ? parts.generations.change(outcome.sound(), input)
                : Optional.of(outcome.problems().getFirst());
    }

    /** A change that nobody confirmed is passed over until somebody edits or touches the files. */
    private Input withoutRefused(Input collected, List<ConfigurationProblem> problems) {
        Refused standing = refused;
        if (standing == null) {
            return collected;
        }
        if (!stands(standing, collected)) {
            refused = null;
            wayBack.forget();
            parts.collection.written(folder.map(ConfigurationFolder::list).orElse(List.of()));
            return folder.isEmpty()
                    ? collected
                    : new Input(
                            parts.collection.files(), collected.provided(), collected.assigned(), collected.logins());
        }
        problems.add(standing.problem);
        boolean sameProvided = standing.change.filter(collected::sameProvided).isPresent();
        List<PolicySet> provided = sameProvided ? standing.kept.provided() : collected.provided();
        return new Input(standing.kept.files(), provided, collected.assigned(), collected.logins());
    }

    private boolean stands(Refused standing, Input collected) {
        return folder.isPresent()
                ? standing.stamp.equals(wayBack.stamp())
                : standing.change.filter(collected::sameAs).isPresent();
    }

    private Configuration.Outcome compile(Input input) {
        return parts.compiler.compile(input.files(), input.provided(), input.assigned(), input.logins());
    }

    /** Returns what a generation of these files is made of now. */
    private Input current(List<ConfigurationFile> files, List<PolicySet> provided) {
        return new Input(files, provided, parts.assigned.get(), parts.logins.get());
    }

    private Optional<ConfigurationProblem> takeOver(Configuration next, Input input) {
        Pending waiting = pending;
        InForce now = parts.generations.inForce();
        InForce before = waiting == null ? now : waiting.before;
        List<Flow> cutOff = before.number() == 0 ? List.of() : cutOff(before, next);
        boolean begins = waiting == null && !cutOff.isEmpty();
        if (begins) {
            wayBack.remember(
                    State.EDITED,
                    wayBack.stamp(),
                    ChangeRecord.texts(before.input().files()));
        }
        Optional<ConfigurationProblem> problem = parts.generations.change(next, input);
        if (begins && problem.isPresent()) {
            wayBack.forget();
        } else if (begins) {
            await(
                    before,
                    Cause.CUTS_ADMINISTRATOR_OFF,
                    before.configuration().administration().confirmWithin(),
                    cutOff,
                    Optional.empty());
        } else if (waiting != null && waiting.files.isEmpty() && problem.isEmpty()) {
            followEdit(waiting, cutOff);
        }
        return problem;
    }

    /** Somebody edits again while a change waits: it ends when nobody is cut off any more. */
    private void followEdit(Pending waiting, List<Flow> cutOff) {
        if (cutOff.isEmpty()) {
            end(waiting, "nobody is cut off any more");
        } else {
            wayBack.remember(
                    State.EDITED,
                    wayBack.stamp(),
                    ChangeRecord.texts(waiting.before.input().files()));
        }
    }

    private List<Flow> cutOff(InForce before, Configuration next) {
        try {
            return new LivingFlows(parts.sas, parts.kernel.connections())
                    .cutOff(before, InForce.of(next, Input.NOTHING, before.number() + 1));
        } catch (RuntimeException e) {
            LOG.warn("Whether a change cuts an administrator off is not known: {}", e.getMessage());
            return List.of();
        }
    }

    private void await(
            InForce before,
            Cause cause,
            Duration within,
            List<Flow> cutOff,
            Optional<SortedMap<String, String>> files) {
        InForce now = parts.generations.inForce();
        Instant since = Instant.now();
        Provisional provisional = new Provisional(
                now.number(), cause, since, since.plus(within), now.input().differing(before.input()), cutOff);
        Runnable cancelAlarm =
                parts.alarm.after(within, () -> timeIsUp("nobody confirmed it within " + within.toSeconds() + "s"));
        pending = new Pending(provisional, before, files, cancelAlarm);
        Journal.event("policy-provisional")
                .with("generation", now.number())
                .with("cause", cause == Cause.APPLIED ? "applied" : "cuts-administrator-off")
                .with("confirm_within_s", within.toSeconds())
                .with("files", String.join(",", provisional.files()))
                .with("cut_off", cutOff)
                .write();
        LOG.warn("{}", provisional.text());
    }

    ChangePreview preview(ConfigurationCandidate candidate) {
        return new Attempt(parts, folder, wayBack, candidate).preview();
    }

    ChangeOutcome apply(ConfigurationCandidate candidate, Optional<Duration> confirmWithin) {
        Attempt attempt = new Attempt(parts, folder, wayBack, candidate);
        attempt.refuse(confirmWithin, provisional());
        ChangePreview preview = attempt.preview();
        boolean nothing = !preview.accepted() || attempt.changesNothing();
        return nothing ? new ChangeOutcome(preview, Optional.empty()) : apply(attempt, preview, confirmWithin);
    }

    private ChangeOutcome apply(Attempt attempt, ChangePreview preview, Optional<Duration> confirmWithin) {
        InForce before = parts.generations.inForce();
        SortedMap<String, String> previous = refused == null
                ? attempt.standing()
                : ChangeRecord.texts(before.input().files());
        Optional<ConfigurationProblem> problem = attempt.write(previous);
        if (problem.isPresent()) {
            return new ChangeOutcome(
                    new ChangePreview(List.of(problem.get()), List.of(), List.of(), List.of(), List.of()),
                    Optional.empty());
        }
        refused = null;
        parts.board.show(List.of());
        List<Flow> cutOff = preview.flows().stream()
                .filter(f -> f.cutsAdministratorOff())
                .map(f -> f.flow())
                .toList();
        await(before, Cause.APPLIED, attempt.within(confirmWithin), cutOff, Optional.of(previous));
        return new ChangeOutcome(preview, provisional());
    }

    Optional<Provisional> confirm() {
        Pending waiting = pending;
        if (waiting != null) {
            end(waiting, "an administrator confirmed");
        }
        return Optional.ofNullable(waiting).map(Pending::provisional);
    }

    private void end(Pending waiting, String reason) {
        waiting.cancelAlarm.run();
        pending = null;
        wayBack.forget();
        Journal.event("policy-confirmed")
                .with("generation", parts.generations.inForce().number())
                .with("reason", reason)
                .write();
    }

    /** Goes back to what was before the change that waits, if one does. */
    Optional<Provisional> rollBack(String reason) {
        Pending waiting = pending;
        if (waiting == null) {
            return Optional.empty();
        }
        waiting.cancelAlarm.run();
        InForce undone = parts.generations.inForce();
        goBack(waiting.before).ifPresent(p -> LOG.error("The kernel does not go back: {}", p.text()));
        pending = null;
        Journal.event("policy-rolled-back")
                .with("generation", undone.number())
                .with("in_force", parts.generations.inForce().number())
                .with("reason", reason)
                .write();
        LOG.warn("Generation {} was rolled back: {}", undone.number(), reason);
        boolean restored =
                waiting.files.isPresent() && folder.isPresent() && wayBack.restore(folder.get(), waiting.files.get());
        if (restored) {
            wayBack.forget();
            parts.lookAgain().run();
        } else {
            ConfigurationProblem problem = refusal(String.join(", ", waiting.provisional.files()), reason);
            refuse(wayBack.stamp(), waiting.before.input(), Optional.of(undone.input()), problem);
        }
        return Optional.of(waiting.provisional);
    }

    /** Nobody looks at what a timer's task throws. */
    private void timeIsUp(String reason) {
        try {
            rollBack(reason);
        } catch (RuntimeException e) {
            LOG.error("A change that nobody confirmed could not be rolled back", e);
        }
    }

    /** What other providers contribute now is no part of what is undone. */
    private Optional<ConfigurationProblem> goBack(InForce before) {
        Input target = current(before.input().files(), parts.provided.get());
        Configuration.Outcome outcome = compile(target);
        boolean whole = !target.sameAs(before.input()) && outcome.accepted();
        return whole
                ? parts.generations.change(outcome.sound(), target)
                : parts.generations.change(before.configuration(), before.input());
    }

    private void refuse(String stamp, Input kept, Optional<Input> change, ConfigurationProblem problem) {
        refused = new Refused(stamp, kept, change, problem);
        wayBack.remember(State.REFUSED, stamp, ChangeRecord.texts(kept.files()));
        parts.board.show(List.of(problem));
        parts.lookAgain().run();
    }

    private static ConfigurationProblem refusal(String files, String reason) {
        return new ConfigurationProblem(
                files,
                "",
                "",
                "rolled back because " + reason + "; edit or touch the files to try again, and run"
                        + " sallyport:policy-confirm in time");
    }
}
