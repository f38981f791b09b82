package org.sallyport.lab.appliance;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.sallyport.lab.net.Place;
import org.sallyport.lab.process.Command;

/**
 * The guard's own program, which runs without the appliance: before it starts, and after it has gone.
 *
 * @param arguments the command line
 */
public record GuardCommand(List<String> arguments) {
    private static final String MAIN = "org.sallyport.spd.guard.GuardTool";

    public GuardCommand {
        arguments = List.copyOf(arguments);
    }

    /**
     * A command that applies or removes the guard.
     *
     * @param verb {@code apply} or {@code remove}
     * @param etc the directory with the policies that it guards
     */
    public static GuardCommand of(Distribution distribution, String verb, Path etc) {
        String classpath = distribution.jars().stream().map(Path::toString).collect(Collectors.joining(":"));
        return new GuardCommand(List.of(
                Distribution.java(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classpath,
                MAIN,
                verb,
                etc.toString()));
    }

    /** The command where it is to run. */
    public Command inside(Place place) {
        return Command.of(place.inside(arguments)).within(Duration.ofSeconds(30));
    }
}
