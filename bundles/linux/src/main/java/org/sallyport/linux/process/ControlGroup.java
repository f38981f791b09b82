package org.sallyport.linux.process;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a control group's path says about its members: systemd's unit, and the container runtimes' container id. */
final class ControlGroup {
    private static final Pattern CONTAINER = Pattern.compile("(?<![0-9a-f])([0-9a-f]{64})(?![0-9a-f])");
    private static final List<String> UNIT_SUFFIXES = List.of(".service", ".scope", ".socket");

    private final String path;

    private ControlGroup(String path) {
        this.path = path;
    }

    /** Reads the text of /proc/PID/cgroup: the unified hierarchy's line, or else systemd's own. */
    static ControlGroup parse(String text) {
        List<String> lines = text.lines().toList();
        String path = lines.stream()
                .filter(line -> line.startsWith("0::"))
                .map(line -> line.substring("0::".length()))
                .filter(unified -> !unified.equals("/"))
                .findFirst()
                .or(() -> lines.stream()
                        .filter(line -> line.contains(":name=systemd:"))
                        .map(line -> line.substring(line.indexOf(":name=systemd:") + ":name=systemd:".length()))
                        .findFirst())
                .orElse("/");
        return new ControlGroup(path);
    }

    /** Returns the innermost unit. */
    Optional<String> unit() {
        return Arrays.stream(path.split("/", -1))
                .filter(part -> UNIT_SUFFIXES.stream().anyMatch(part::endsWith))
                .reduce((outer, inner) -> inner);
    }

    /** Returns the innermost container's id. */
    Optional<String> container() {
        Matcher matcher = CONTAINER.matcher(path);
        return matcher.results().map(result -> result.group(1)).reduce((outer, inner) -> inner);
    }
}
