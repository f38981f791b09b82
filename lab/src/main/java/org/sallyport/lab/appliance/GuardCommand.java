package org.sallyport.lab.appliance;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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

    /** Puts guard, divert rules and TUN in force, as the files in the directory say. */
    public static GuardCommand apply(Distribution distribution, Path etc) {
        return of(distribution, "apply", "--etc", etc.toString());
    }

    /** Removes everything of Sallyport's from the kernel. */
    public static GuardCommand clean(Distribution distribution) {
        return of(distribution, "clean");
    }

    /** Says what stands in the kernel. */
    public static GuardCommand status(Distribution distribution) {
        return of(distribution, "status");
    }

    private static GuardCommand of(Distribution distribution, String... arguments) {
        List<String> line = new ArrayList<>(List.of(
                Distribution.java(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-Dorg.ops4j.pax.logging.DefaultServiceLog.level=ERROR",
                "-cp",
                distribution.jars().stream().map(Path::toString).collect(Collectors.joining(":")),
                MAIN));
        line.addAll(List.of(arguments));
        return new GuardCommand(line);
    }

    /** The command where it is to run. */
    public Command inside(Place place) {
        return Command.of(place.inside(arguments)).within(Duration.ofSeconds(30));
    }
}
