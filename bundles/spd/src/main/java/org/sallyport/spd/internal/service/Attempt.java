package org.sallyport.spd.internal.service;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sallyport.api.admin.ChangePreview;
import org.sallyport.api.admin.ConfigurationCandidate;
import org.sallyport.api.admin.ConfigurationProblem;
import org.sallyport.api.admin.Provisional;
import org.sallyport.spd.internal.change.CandidateFiles;
import org.sallyport.spd.internal.change.ChangeRecord;
import org.sallyport.spd.internal.change.ChangeRecord.State;
import org.sallyport.spd.internal.change.Difference;
import org.sallyport.spd.internal.change.FolderEdit;
import org.sallyport.spd.internal.config.Administration;
import org.sallyport.spd.internal.config.Configuration;
import org.sallyport.spd.internal.config.ConfigurationFile;
import org.sallyport.spd.internal.config.ConfigurationFolder;
import org.sallyport.spd.internal.config.Problems;

/** One candidate over the files that stand now: what it would do, and doing it. Used once, by one thread. */
final class Attempt {
    private final Changes.Parts parts;
    private final Optional<Path> folder;
    private final WayBack wayBack;
    private final Problems problems = new Problems();
    private final SortedMap<String, String> standing = new TreeMap<>();
    private final SortedMap<String, String> wanted = new TreeMap<>();
    private final Input input;
    private final Configuration candidate;

    Attempt(Changes.Parts parts, Optional<Path> folder, WayBack wayBack, ConfigurationCandidate edit) {
        this.parts = parts;
        this.folder = folder;
        this.wayBack = wayBack;
        input = new Input(
                files(edit),
                parts.provided().get(),
                parts.assigned().get(),
                parts.logins().get());
        Configuration.Outcome outcome =
                parts.compiler().compile(input.files(), input.provided(), input.assigned(), input.logins());
        outcome.problems().forEach(this::add);
        candidate = outcome.sound();
    }

    private List<ConfigurationFile> files(ConfigurationCandidate edit) {
        if (folder.isEmpty()) {
            problems.add("karaf.etc", "", "", "the folder of configurations is not known");
            return List.of();
        }
        Problems unreadable = new Problems();
        standing.putAll(ConfigurationFolder.texts(folder.get(), unreadable));
        wanted.putAll(CandidateFiles.over(standing, edit, problems));
        unreadable.found().stream().filter(p -> !wanted.containsKey(p.file())).forEach(this::add);
        return ConfigurationFolder.parse(wanted, folder.get(), problems);
    }

    private void add(ConfigurationProblem problem) {
        problems.add(problem.file(), problem.key(), problem.value(), problem.accepted());
    }

    /** Refuses a time out of bounds, and a second change while one waits. */
    void refuse(Optional<Duration> confirmWithin, Optional<Provisional> waiting) {
        confirmWithin
                .filter(d -> d.compareTo(Administration.SHORTEST) < 0 || d.compareTo(Administration.LONGEST) > 0)
                .ifPresent(d -> problems.add("--confirm-within", "", "", d.toSeconds() + "s; accepted: 10s to 1h"));
        waiting.ifPresent(p -> problems.add("an earlier change", "", "", p.text()));
    }

    boolean changesNothing() {
        return wanted.equals(standing)
                && input.sameAs(parts.generations().inForce().input());
    }

    /** Returns the files that stand, by name. */
    SortedMap<String, String> standing() {
        return Collections.unmodifiableSortedMap(standing);
    }

    /** Returns how long it waits for confirmation. */
    Duration within(Optional<Duration> asked) {
        return asked.orElse(candidate.administration().confirmWithin());
    }

    ChangePreview preview() {
        if (!problems.isEmpty()) {
            return new ChangePreview(problems.found(), List.of(), List.of(), List.of(), List.of());
        }
        InForce now = parts.generations().inForce();
        InForce next = InForce.of(candidate, input, now.number() + 1);
        List<String> unknown = new ArrayList<>();
        HostConnections connections = connections(unknown);
        if (!parts.sas().known()) {
            unknown.add("which SAs and leases would change: start bundle org.sallyport.sad");
        }
        return new ChangePreview(
                List.of(),
                Difference.between(now.configuration(), candidate),
                parts.sas().endedBy(next.generation()),
                new LivingFlows(parts.sas(), connections).changes(now, next),
                unknown);
    }

    private HostConnections connections(List<String> unknown) {
        try {
            return parts.kernel().connections();
        } catch (RuntimeException e) {
            unknown.add("which connections of this host would change: " + e.getMessage());
            return HostConnections.NONE;
        }
    }

    /**
     * Puts the files in the folder and the candidate in force: first what can fail without a trace; from the record on, a
     * crash leads back to what was before.
     *
     * @param previous the files to go back to
     * @return why not
     */
    Optional<ConfigurationProblem> write(SortedMap<String, String> previous) {
        Path etc = folder.orElseThrow();
        try {
            FolderEdit edit = FolderEdit.stage(etc, standing, wanted);
            try {
                new ChangeRecord(State.APPLIED, "", previous).write(etc);
                return putInForce(etc, edit);
            } finally {
                edit.abandon();
            }
        } catch (IOException e) {
            return Optional.of(notWritten(e));
        }
    }

    private Optional<ConfigurationProblem> putInForce(Path etc, FolderEdit edit) {
        Optional<ConfigurationProblem> problem = parts.generations().tighten(candidate);
        if (problem.isPresent()) {
            wayBack.forget();
            return problem;
        }
        try {
            parts.collection().written(edit.files());
            edit.commit();
        } catch (IOException e) {
            parts.generations().withdraw();
            if (wayBack.restore(etc, standing)) {
                wayBack.forget();
            }
            return Optional.of(notWritten(e));
        }
        parts.generations().comeIntoForce(candidate, input);
        return Optional.empty();
    }

    private ConfigurationProblem notWritten(IOException e) {
        return new ConfigurationProblem(
                folder.map(Path::toString).orElse(""), "", "", "the files cannot be written: " + e);
    }
}
