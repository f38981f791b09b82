package org.sallyport.spd.internal.change;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.sallyport.api.admin.ConfigurationCandidate;
import org.sallyport.spd.internal.config.ConfigurationFile;
import org.sallyport.spd.internal.config.ConfigurationFolder;
import org.sallyport.spd.internal.config.Problems;

/** Lays a candidate's files over those that stand. */
public final class CandidateFiles {
    private static final String NAMES =
            "accepted: org.sallyport.policy-NAME.cfg, org.sallyport.peer-NAME.cfg, org.sallyport.enforcement.cfg";
    private static final List<ConfigurationFile.Kind> NAMED =
            List.of(ConfigurationFile.Kind.POLICY, ConfigurationFile.Kind.PEER);

    private CandidateFiles() {}

    /** Returns names and texts of what would stand; mistakes in the candidate itself become problems. */
    public static SortedMap<String, String> over(
            Map<String, String> standing, ConfigurationCandidate candidate, Problems problems) {
        SortedMap<String, String> wanted = new TreeMap<>(standing);
        Set<String> removed = new TreeSet<>();
        candidate.removals().forEach(name -> remove(standing.keySet(), name, removed, problems));
        wanted.keySet().removeAll(removed);
        Set<String> replaced = new TreeSet<>();
        for (Path source : candidate.sources()) {
            read(source, problems).forEach((name, text) -> {
                if (!replaced.add(name) || removed.contains(name)) {
                    problems.add(name, "", "", "is there twice; accepted: one file of a name, or its removal");
                }
                wanted.put(name, text);
            });
        }
        return wanted;
    }

    private static SortedMap<String, String> read(Path source, Problems problems) {
        if (Files.isDirectory(source)) {
            SortedMap<String, String> texts = ConfigurationFolder.texts(source, problems);
            if (texts.isEmpty()) {
                problems.add(source.toString(), "", "", "the folder has no file of ours; " + NAMES);
            }
            return texts;
        }
        SortedMap<String, String> texts = new TreeMap<>();
        Path file = source.getFileName();
        String name = file == null ? "" : file.toString();
        if (ConfigurationFile.kind(name).isEmpty()) {
            problems.add(source.toString(), "", "", "the name is none of ours; " + NAMES);
        } else if (!Files.isRegularFile(source)) {
            problems.add(source.toString(), "", "", "there is no such file; accepted: a file or a folder");
        } else {
            ConfigurationFolder.text(source, problems).ifPresent(text -> texts.put(name, text));
        }
        return texts;
    }

    /** A removal names a file, or what it configures where only one goes by that name. */
    private static void remove(Set<String> standing, String name, Set<String> removed, Problems problems) {
        if (standing.contains(name)) {
            removed.add(name);
            return;
        }
        List<String> found = NAMED.stream()
                .map(kind -> kind.pid() + "-" + name + ".cfg")
                .filter(standing::contains)
                .toList();
        switch (found.size()) {
            case 1 -> removed.add(found.getFirst());
            case 0 ->
                problems.add(
                        "--remove",
                        "",
                        "",
                        "\"" + name + "\" is neither a file nor a policy nor a peer; accepted: "
                                + (standing.isEmpty() ? "nothing, there is no file" : String.join(", ", standing)));
            default ->
                problems.add(
                        "--remove",
                        "",
                        "",
                        "\"" + name + "\" may be " + String.join(" or ", found) + "; accepted: one of these");
        }
    }
}
